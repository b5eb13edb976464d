using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Data.Devices;

/// <summary>A device with its presence, as one row.</summary>
internal sealed record DeviceRow
{
    /// <summary>For a query with <c>device d</c> and <c>device_presence p</c>.</summary>
    public const string Columns = """
        d.tenant_id, d.id, d.device_key, d.name, d.name_key, d.template_id, d.status, d.is_blocked, d.is_simulated,
        d.organization_id, d.announced_model_id, d.version, d.created_at,
        coalesce(p.is_connected, false) as is_connected, p.connected_at, p.disconnected_at, p.last_message_at
        """;

    public const string From =
        "device d left join device_presence p on p.tenant_id = d.tenant_id and p.device_key = d.device_key";

    public TenantId TenantId { get; init; }
    public required string Id { get; init; }
    public long DeviceKey { get; init; }
    public required string Name { get; init; }
    public required string NameKey { get; init; }
    public string? TemplateId { get; init; }
    public ProvisioningStatus Status { get; init; }
    public bool IsBlocked { get; init; }
    public bool IsSimulated { get; init; }
    public int OrganizationId { get; init; }
    public string? AnnouncedModelId { get; init; }
    public int Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public bool IsConnected { get; init; }
    public DateTimeOffset? ConnectedAt { get; init; }
    public DateTimeOffset? DisconnectedAt { get; init; }
    public DateTimeOffset? LastMessageAt { get; init; }

    public Device ToDevice() =>
        new()
        {
            TenantId = TenantId,
            Id = Id,
            Key = DeviceKey,
            Name = Name,
            TemplateId = TemplateId,
            Status = Status,
            IsBlocked = IsBlocked,
            IsSimulated = IsSimulated,
            OrganizationId = OrganizationId,
            AnnouncedModelId = AnnouncedModelId,
            Version = Version,
            CreatedAt = CreatedAt,
            Presence = new Presence
            {
                IsConnected = IsConnected,
                ConnectedAt = ConnectedAt,
                DisconnectedAt = DisconnectedAt,
                LastMessageAt = LastMessageAt,
            },
        };
}
