from django.db import models


class Heartbeat(models.Model):
    """When a process of a role last said that it works; one row for each role and machine."""

    role = models.CharField(max_length=20)
    host = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "host"], name="heartbeat_role_host_once")]

    def __str__(self) -> str:
        return f"{self.role} on {self.host}"
