"""What runs in workers: harnesses, which import the room gpu/ and nothing else of ours."""
