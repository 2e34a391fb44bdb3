"""docker/kubernetes against what it stands beside: the image, docker/compose.yaml, docker/nginx and the settings."""

from __future__ import annotations

import copy
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from devtools import kubernetes
from devtools.keys import fresh_keys
from devtools.places import ROOT
from medconsult.settings.env import read_environment
from tests.deployment.pair import nginx_running, prepared

DOCKER = ROOT / "docker"
Object = dict[str, Any]
# Who takes the owner's address: docker/entrypoint.sh.
AS_OWNER = {"migrate", "backup", "restore"}
RESTRICTED_VOLUMES = {"name", "configMap", "emptyDir", "persistentVolumeClaim", "secret"}
# What the manifests cannot hold: each is named in secrets.env.example, and is something that is taken.
FILLED = {
    **fresh_keys(),
    "DATABASE_URL": "postgres://medconsult_app:x@database.example/medconsult?sslmode=verify-full",
    "REDIS_URL": "rediss://:x@valkey.example:6379/0",
    "EMAIL_URL": "smtp+tls://x:x@mail.example:587",
    "METRICS_TOKEN": "x" * 40,
    "STRIPE_SECRET_KEY": "",
    "STRIPE_WEBHOOK_SECRETS": "",
}


@pytest.fixture(scope="module")
def objects() -> list[Object]:
    return kubernetes.rendered()


@pytest.fixture(scope="module")
def services() -> Object:
    return dict(yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"])


def named(objects: list[Object], kind: str, name: str) -> Object:
    [found] = [one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name]
    return found


def pods(objects: list[Object]) -> Iterator[tuple[str, Object]]:
    """Every template of a pod, by the name of what makes pods of it."""
    for one in objects:
        if one["kind"] in {"Deployment", "Job"}:
            yield one["metadata"]["name"], one["spec"]["template"]
        if one["kind"] == "CronJob":
            yield one["metadata"]["name"], one["spec"]["jobTemplate"]["spec"]["template"]


def ours(objects: list[Object]) -> Iterator[tuple[str, Object, Object]]:
    """Of those that run the image: the pod's spec and its container."""
    for name, template in pods(objects):
        [container] = template["spec"]["containers"]
        if name != "nginx":
            yield name, template["spec"], container


def settings(objects: list[Object]) -> dict[str, str]:
    [found] = [one["data"] for one in objects if one["metadata"]["name"].startswith("settings-")]
    return dict(found)


def secret_names() -> list[str]:
    example = (kubernetes.EXAMPLE / "secrets.env.example").read_text()
    return re.findall(r"(?m)^([A-Z0-9_]+)=$", example)


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def break_type(one: Object) -> None:
    one["spec"]["replicas"] = "three"


def break_field(one: Object) -> None:
    one["spec"]["template"]["spec"]["containers"][0]["readinessprobe"] = {}


def break_demand(one: Object) -> None:
    del one["spec"]["selector"]


@pytest.mark.parametrize("broken", [break_type, break_field, break_demand])
def test_a_wrong_manifest_is_refused(objects: list[Object], broken: Callable[[Object], None]) -> None:
    web = copy.deepcopy(named(objects, "Deployment", "web"))
    assert list(kubernetes.refused([web])) == []
    broken(web)
    assert len(list(kubernetes.refused([web]))) == len(kubernetes.VERSIONS)


def test_what_does_not_fit_together_is_said(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [nowhere.yaml]\n")
    with pytest.raises(kubernetes.ManifestError, match=r"nowhere\.yaml"):
        kubernetes.rendered(tmp_path)


def test_each_runs_what_compose_runs_by_that_name(objects: list[Object], services: Object) -> None:
    found = {name: (spec, container) for name, spec, container in ours(objects)}
    # Compose's is `backup` with words of its own.
    _, restore = found.pop("restore")
    assert restore["args"][0] == "sleep"
    built_here = {name for name, service in services.items() if service["image"].endswith("medconsult}")} - {"web-b"}
    assert set(found) == built_here
    for name, (spec, container) in found.items():
        assert container["args"] == [services[name]["command"]], name
        assert "command" not in container, name
        if grace := services[name].get("stop_grace_period"):
            assert spec["terminationGracePeriodSeconds"] >= seconds(grace), name


def test_what_is_set_is_what_the_product_knows_and_all_that_it_demands(
    objects: list[Object], services: Object, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, secret = settings(objects), secret_names()
    assert not set(given) & set(secret)
    for name, _, container in ours(objects):
        own = {one["name"] for one in container.get("env", [])}
        assert own | set(given) | set(secret) <= set(
            services["backup" if name == "restore" else name]["environment"]
        ), name
        assert container["envFrom"] == [
            {"configMapRef": {"name": next(n for n in names(objects, "ConfigMap") if n.startswith("settings-"))}},
            {"secretRef": {"name": "medconsult-secrets"}},
        ]
    image = dict(re.findall(r"\b(\w+_ROOT)=(\S+)", (DOCKER / "Dockerfile").read_text()))
    for variable in [*os.environ]:
        if variable in services["web"]["environment"]:
            monkeypatch.delenv(variable)
    for variable, value in {**dict.fromkeys(secret, "x"), **FILLED, **image, **given}.items():
        monkeypatch.setenv(variable, value)
    read = read_environment()
    assert read.media_bucket
    assert read.private_bucket


def names(objects: list[Object], kind: str) -> list[str]:
    return [one["metadata"]["name"] for one in objects if one["kind"] == kind]


def test_a_clusters_own_authorities_reach_whatever_runs_the_image(tmp_path: Path) -> None:
    beside = os.path.relpath(kubernetes.EXAMPLE.parent, tmp_path)
    overlay = {"resources": [f"{beside}/example"], "components": [f"{beside}/authorities"]}
    (tmp_path / "kustomization.yaml").write_text(yaml.dump(overlay))
    objects = kubernetes.rendered(tmp_path)
    assert list(kubernetes.refused(objects)) == []
    file = Path(settings(objects)["AUTHORITIES_FILE"])
    for name, spec, container in ours(objects):
        [volume] = [mount["name"] for mount in container["volumeMounts"] if mount["mountPath"] == str(file.parent)]
        assert {"name": volume, "configMap": {"name": "authorities"}} in spec["volumes"], name
    # As the page makes it, by the file's own name.
    [made] = re.findall(
        r"create configmap authorities --from-file=([^\s`]+)", (ROOT / "docs" / "deploy.md").read_text()
    )
    assert Path(made).name == file.name


def test_no_secret_is_written_and_the_owners_address_goes_where_it_is_needed(objects: list[Object]) -> None:
    assert names(objects, "Secret") == []
    assert not [value for value in settings(objects).values() if re.search(r"://[^/]*:[^/]*@", value)]
    holders = set()
    for name, _, container in ours(objects):
        for one in container.get("env", []):
            if one["name"] == "DATABASE_OWNER_URL":
                assert one["valueFrom"]["secretKeyRef"]["name"] == "medconsult-owner"
                holders.add(name)
    assert holders == AS_OWNER


def test_no_container_has_a_right_or_a_place_that_it_does_not_need(objects: list[Object]) -> None:
    [user] = re.findall(r"(?m)^USER (\d+)$", (DOCKER / "Dockerfile").read_text())
    writes = set()
    for name, template in pods(objects):
        spec = template["spec"]
        [container] = spec["containers"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        # As the namespace's `restricted` demands it.
        assert {kind for volume in spec["volumes"] for kind in volume} <= RESTRICTED_VOLUMES, name
        safe = {one["name"] for one in spec["securityContext"].get("sysctls", [])}
        assert safe <= {"net.ipv4.ip_unprivileged_port_start"}, name
        assert spec["securityContext"]["runAsUser"] == (101 if name == "nginx" else int(user)), name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert {"cpu", "memory"} <= set(container["resources"]["requests"]), name
        assert "memory" in container["resources"]["limits"], name
        # What goes with the pod it may write to.
        passing = {volume["name"] for volume in spec["volumes"] if "emptyDir" in volume}
        kept = [mount for mount in container["volumeMounts"] if mount["name"] not in passing]
        writes |= {(name, mount["mountPath"]) for mount in kept if not mount.get("readOnly")}
    assert writes == {("migrate", "/srv/static"), ("backup", "/srv/backups"), ("restore", "/srv/backups")}


def test_nobody_who_answers_is_ended_before_another_does(objects: list[Object]) -> None:
    for name in ("web", "nginx"):
        spec = named(objects, "Deployment", name)["spec"]
        assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        budget = named(objects, "PodDisruptionBudget", name)["spec"]
        assert budget["selector"] == spec["selector"]
        assert spec["replicas"] > budget["maxUnavailable"]
    [graceful] = re.findall(r"(?m)^graceful_timeout = (\d+)$", (DOCKER / "gunicorn.conf.py").read_text())
    [answer] = re.findall(r"proxy_read_timeout (\d+)s;", configuration(objects)["medconsult.conf"])
    for name, longest in (("nginx", answer), ("web", graceful)):
        pod = named(objects, "Deployment", name)["spec"]["template"]["spec"]
        [container] = pod["containers"]
        [_, pause] = container["lifecycle"]["preStop"]["exec"]["command"]
        assert pod["terminationGracePeriodSeconds"] > int(pause) + int(longest), name
    # A new Nginx first reaches `web` itself.
    [nginx] = named(objects, "Deployment", "nginx")["spec"]["template"]["spec"]["containers"]
    assert nginx["startupProbe"]["httpGet"] == {"path": "/healthz", "port": "https", "scheme": "HTTPS"}
    probes = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    assert probes == {"startup": "/healthz", "readiness": "/readyz", "liveness": "/healthz"}
    beat = named(objects, "Deployment", "beat")["spec"]
    assert (beat["replicas"], beat["strategy"]["type"]) == (1, "Recreate")


def test_services_lead_to_pods_that_are_there(objects: list[Object]) -> None:
    for name in names(objects, "Service"):
        service = named(objects, "Service", name)["spec"]
        [template] = [made for by, made in pods(objects) if by == name]
        assert service["selector"].items() <= template["metadata"]["labels"].items()
        [container] = template["spec"]["containers"]
        assert {port["targetPort"] for port in service["ports"]} == {port["name"] for port in container["ports"]}
    assert settings(objects)["BASE_URL"] == f"https://{settings(objects)['ALLOWED_HOSTS']}"
    # Whoever is asked by a visitor knows the visitor's address: Nginx counts by it, and hands it on.
    assert named(objects, "Service", "nginx")["spec"]["externalTrafficPolicy"] == "Local"


def test_nginx_is_the_compose_files_and_finds_what_its_rules_name(objects: list[Object], services: Object) -> None:
    rules = configuration(objects)
    assert rules["medconsult.conf"] == (DOCKER / "nginx" / "medconsult.conf").read_text()
    spec = named(objects, "Deployment", "nginx")["spec"]["template"]["spec"]
    [container] = spec["containers"]
    assert container["image"] == services["nginx"]["image"]
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    places = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
    assert places["/etc/nginx/conf.d"]["configMap"]["name"].startswith("nginx-")
    tls = {item["path"] for item in places["/etc/nginx/tls"]["secret"]["items"]}
    assert set(re.findall(r"ssl_certificate\w* /etc/nginx/tls/(.+);", rules["medconsult.conf"])) == tls
    assert places["/srv/static"]["persistentVolumeClaim"] == {"claimName": "static"}
    ports = {str(port["containerPort"]) for port in container["ports"]}
    assert set(re.findall(r"(?m)^    listen (\d+)", rules["medconsult.conf"])) == ports
    [lowest] = [one["value"] for one in spec["securityContext"]["sysctls"]]
    assert int(lowest) <= min(map(int, ports))
    web = named(objects, "Service", "web")["spec"]["ports"][0]["port"]
    assert set(re.findall(r"server (\S+:\d+)", rules["upstream.conf"])) == {f"web:{web}"}


def configuration(objects: list[Object]) -> dict[str, str]:
    [found] = [one["data"] for one in objects if re.fullmatch(r"nginx-\w+", one["metadata"]["name"])]
    return dict(found)


def test_every_pod_is_behind_the_policy_that_lets_nothing_through(objects: list[Object]) -> None:
    nothing = named(objects, "NetworkPolicy", "nothing")["spec"]
    assert nothing["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & set(nothing)
    opened: dict[str, set[str]] = {}
    for name in set(names(objects, "NetworkPolicy")) - {"nothing"}:
        selector = named(objects, "NetworkPolicy", name)["spec"]["podSelector"]
        [expression] = selector.get("matchExpressions") or [{"values": list(selector["matchLabels"].values())}]
        opened[name] = set(expression["values"])
    for name, template in pods(objects):
        labels = template["metadata"]["labels"]
        assert nothing["podSelector"]["matchLabels"].items() <= labels.items(), name
        assert labels["app.kubernetes.io/component"] == name
    assert opened == {
        "visitors": {"nginx"},
        "inwards": {"nginx"},
        "pages": {"web"},
        "figures": {"web"},
        "names": {"medconsult"},
        "outside": {name for name, _, _ in ours(objects)},
    }


def test_nobody_reaches_web_past_nginx_but_by_name(objects: list[Object]) -> None:
    """Whoever does may say by a header who they are: a whole namespace is more than those who ask for figures."""
    asked = [named(objects, "NetworkPolicy", name)["spec"]["ingress"] for name in ("pages", "figures")]
    peers = [peer for rules in asked for rule in rules for peer in rule["from"]]
    assert [peer["podSelector"]["matchLabels"] for peer in peers if "podSelector" in peer] == [
        {"app.kubernetes.io/component": "nginx"},
        {"app.kubernetes.io/name": "prometheus"},
    ]
    assert len(peers) == 2


@pytest.mark.parametrize("metadata", ["169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254"])
def test_no_clouds_metadata_is_reached(objects: list[Object], metadata: str) -> None:
    [rule] = named(objects, "NetworkPolicy", "outside")["spec"]["egress"]
    for block in filter(None, (peer.get("ipBlock") for peer in rule["to"])):
        inside = [ip_address(metadata) in ip_network(one) for one in (block["cidr"], *block["except"])]
        assert not inside[0] or any(inside[1:])


def test_what_nobody_of_web_took_is_offered_once_more(objects: list[Object], nginx_here: None, tmp_path: Path) -> None:
    """The manifests' Nginx, before one address that breaks the first connection off, as of a pod that is gone."""
    roots = {f"{name}_ROOT": str(tmp_path) for name in ("STATIC", "MEDIA", "PRIVATE")}
    pair = prepared(tmp_path / "pair", roots)
    for name, text in configuration(objects).items():
        (pair.docker / "nginx" / name).write_text(text)
    pair.write()
    with socket.create_server(("127.0.0.1", pair.ports["web"])) as address, nginx_running(pair):
        address.settimeout(10)
        asked: list[int] = []
        other = threading.Thread(target=_gone_and_then_there, args=(address, asked))
        other.start()
        answer = pair.ask("/healthz")
        other.join()
    assert (answer.status_code, answer.text, len(asked)) == (HTTPStatus.OK, "there", 2)


def _gone_and_then_there(address: socket.socket, asked: list[int]) -> None:
    for said in (b"", b"HTTP/1.0 200 OK\r\n\r\nthere"):
        connection, _ = address.accept()
        with connection:
            asked.append(len(connection.recv(65536)))
            connection.sendall(said)


def test_what_the_page_types_for_a_cluster_is_there(objects: list[Object]) -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    for place in re.findall(r"docker/kubernetes[\w/.-]*", page):
        assert (ROOT / place).exists(), place
    typed = " ".join(re.findall(r"kubectl.*", page))
    labelled = {one["metadata"].get("labels", {}).get("app.kubernetes.io/component") for one in objects}
    before, back = (
        set(some.split(", ")) for some in re.findall(r"-l 'app\.kubernetes\.io/component in \((.+?)\)'", page)
    )
    assert before == {"settings", "static", "migrate"} <= labelled
    # Nothing that answers, sends or migrates: a restore wants it empty.
    assert back == {"settings", "static", "backup", "restore", "network"} <= labelled
    made = set(re.findall(r"create job --from=cronjob/[a-z]+ ([a-z-]+)", typed))
    kinds = {
        "job": "Job",
        "cronjob": "CronJob",
        "deployment": "Deployment",
        "deploy": "Deployment",
        "service": "Service",
    }
    for kind, name in re.findall(rf"\b({'|'.join(kinds)})[ /]([a-z][a-z-]*)", typed):
        if (kind, name) not in {("job", one) for one in made}:
            named(objects, kinds[kind], name)
    secrets = {"medconsult-secrets", "medconsult-owner", "medconsult-tls"}
    assert set(re.findall(r"medconsult-[a-z]+", " ".join(re.findall(r"create secret.*", page)))) == secrets
    asked = yaml.dump(objects)
    assert all(name in asked and name in page for name in secrets)
