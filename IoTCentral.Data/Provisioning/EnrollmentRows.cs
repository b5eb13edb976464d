using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Data.Provisioning;

internal sealed record GroupRow
{
    public const string Columns =
        "tenant_id, id, display_name, is_enabled, type, primary_key, secondary_key, version, created_at";

    public TenantId TenantId { get; init; }
    public required string Id { get; init; }
    public required string DisplayName { get; init; }
    public bool IsEnabled { get; init; }
    public required string Type { get; init; }
    public required byte[] PrimaryKey { get; init; }
    public required byte[] SecondaryKey { get; init; }
    public int Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    public EnrollmentGroup ToGroup() =>
        new()
        {
            TenantId = TenantId,
            Id = Id,
            DisplayName = DisplayName,
            IsEnabled = IsEnabled,
            Type = Type,
            Keys = new WrappedKeys(PrimaryKey, SecondaryKey),
            Version = Version,
            CreatedAt = CreatedAt,
        };
}

internal sealed record IndividualRow
{
    public const string Columns =
        "tenant_id, registration_id, device_id, is_enabled, primary_key, secondary_key, version, created_at";

    public TenantId TenantId { get; init; }
    public required string RegistrationId { get; init; }
    public required string DeviceId { get; init; }
    public bool IsEnabled { get; init; }
    public required byte[] PrimaryKey { get; init; }
    public required byte[] SecondaryKey { get; init; }
    public int Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    public IndividualEnrollment ToEnrollment() =>
        new()
        {
            TenantId = TenantId,
            RegistrationId = RegistrationId,
            DeviceId = DeviceId,
            IsEnabled = IsEnabled,
            Keys = new WrappedKeys(PrimaryKey, SecondaryKey),
            Version = Version,
            CreatedAt = CreatedAt,
        };
}
