#!/bin/sh
# The three roles of an installation: owner (migrations), application, read-only.
set -eu
: "${OWNER_PASSWORD:?is not set}" "${APP_PASSWORD:?is not set}" "${READONLY_PASSWORD:?is not set}"
# psql reads them itself: what stands in its command line is read by everybody on the machine.
export OWNER_PASSWORD APP_PASSWORD READONLY_PASSWORD
psql -v ON_ERROR_STOP=1 -U postgres <<'SQL'
-- The server's log quotes what fails, passwords too, as where the roles are there already. A provider may refuse these.
\set ON_ERROR_STOP off
SET log_min_error_statement = panic;
SET log_statement = none;
\set ON_ERROR_STOP on
\getenv owner OWNER_PASSWORD
\getenv app APP_PASSWORD
\getenv readonly READONLY_PASSWORD
CREATE ROLE medconsult_owner LOGIN PASSWORD :'owner';
CREATE ROLE medconsult_app LOGIN PASSWORD :'app';
CREATE ROLE medconsult_readonly LOGIN PASSWORD :'readonly';
-- The lists are short and their plans long: compiling a plan takes more time than it saves.
ALTER ROLE medconsult_app SET jit = off;
CREATE DATABASE medconsult OWNER medconsult_owner;
\connect medconsult
ALTER SCHEMA public OWNER TO medconsult_owner;
GRANT USAGE ON SCHEMA public TO medconsult_app, medconsult_readonly;
ALTER DEFAULT PRIVILEGES FOR ROLE medconsult_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO medconsult_app;
ALTER DEFAULT PRIVILEGES FOR ROLE medconsult_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO medconsult_app;
ALTER DEFAULT PRIVILEGES FOR ROLE medconsult_owner IN SCHEMA public
  GRANT SELECT ON TABLES TO medconsult_readonly;
SQL
