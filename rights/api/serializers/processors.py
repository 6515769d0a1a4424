"""The register of processors, as it travels."""

from __future__ import annotations

from rest_framework import serializers

STATES = ["active", "announced", "lapsed", "ended"]


class ProcessorSerializer(serializers.Serializer[object]):
    """A company under contract. ``country`` is ISO 3166-1; it gets nothing before ``starts_on``,
    nor while it is ``lapsed`` or ``ended``. ``told_at`` is when everybody had been written to.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.CharField()
    country = serializers.CharField()
    data = serializers.CharField()  # type: ignore[assignment]
    purposes = serializers.ListField(child=serializers.CharField())
    hosts = serializers.ListField(child=serializers.CharField())
    contract_from = serializers.DateField()
    contract_until = serializers.DateField()
    announced_at = serializers.DateTimeField()
    starts_on = serializers.DateField()
    ended_at = serializers.DateTimeField(allow_null=True)
    told_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(choices=STATES)


class OwnMachineSerializer(serializers.Serializer[object]):
    """A machine of the operator's that this service runs on."""

    name = serializers.CharField()
    kept = serializers.CharField()
    is_elsewhere = serializers.BooleanField()


class ProcessorsSerializer(serializers.Serializer[object]):
    """The whole register."""

    processors = ProcessorSerializer(many=True)
    own_machines = OwnMachineSerializer(many=True)
