"""What the NHS offers from outside: NHS login (`login`), and who an NHS number belongs to (`demographics`)."""
