from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class GateConfig(AppConfig):
    name = "troth.gate"
    label = "gate"

    def ready(self) -> None:
        """Read what each room answers to the kernel's questions: reasons, services, live checks."""
        autodiscover_modules("answers")
        from troth.gate import emergency as emergency  # its reason and service are declared by being read
        from troth.gate import facts, jobs
        from troth.ledger import records

        jobs.register()
        records.register("gate.fact", facts.stored_marks)
