using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>Keys as they are stored: wrapped by the installation's master key.</summary>
public sealed record WrappedKeys(byte[] Primary, byte[] Secondary);

/// <summary>
/// A way for many devices to register by themselves: each signs with a key derived from the group's. Pages say "device
/// connection group".
/// </summary>
public sealed record EnrollmentGroup
{
    /// <summary>The group every application has from its first day, with IoT Central's name, since devices' keys derive from it.</summary>
    public const string DefaultId = "SAS-IoT-Devices";

    public required TenantId TenantId { get; init; }
    public required string Id { get; init; }
    public required string DisplayName { get; init; }
    public bool IsEnabled { get; init; } = true;

    /// <summary>iot or iotEdge.</summary>
    public string Type { get; init; } = "iot";
    public required WrappedKeys Keys { get; init; }
    public int Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The registration of one device with keys of its own; beats every group.</summary>
public sealed record IndividualEnrollment
{
    public required TenantId TenantId { get; init; }

    /// <summary>Lower case: registration ids know none.</summary>
    public required string RegistrationId { get; init; }

    /// <summary>The device it registers as; as a rule the registration id.</summary>
    public required string DeviceId { get; init; }
    public bool IsEnabled { get; init; } = true;
    public required WrappedKeys Keys { get; init; }
    public int Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Where a device's keys come from.</summary>
/// <param name="GroupId">The group they derive from; null: the individual enrollment of the registration id.</param>
/// <param name="RegistrationId">As the device spelled it: its keys derive from this text.</param>
public sealed record CredentialSource(string? GroupId, string RegistrationId);

/// <summary>Enrollments of one application, and which one each device's keys come from.</summary>
public interface IEnrollmentStore
{
    Task<IReadOnlyList<EnrollmentGroup>> GroupsAsync(TenantId tenant, CancellationToken ct);
    Task<EnrollmentGroup?> FindGroupAsync(TenantId tenant, string id, CancellationToken ct);

    /// <summary>False: there is one with this id already.</summary>
    Task<bool> AddGroupAsync(EnrollmentGroup group, Audit.AuditEntry audit, CancellationToken ct);

    /// <exception cref="Common.StaleEditException">The stored version is another.</exception>
    Task<EnrollmentGroup> UpdateGroupAsync(EnrollmentGroup group, Audit.AuditEntry audit, CancellationToken ct);

    Task<IndividualEnrollment?> FindIndividualAsync(TenantId tenant, string registrationId, CancellationToken ct);

    /// <summary>Adds or replaces it; a device of that id signs with its keys from now on.</summary>
    /// <exception cref="Common.StaleEditException">The stored version is another.</exception>
    Task<IndividualEnrollment> PutIndividualAsync(
        IndividualEnrollment enrollment,
        Audit.AuditEntry audit,
        CancellationToken ct
    );

    /// <summary>Deletes it; its device falls back to the default group's keys. False: was not there.</summary>
    Task<bool> DeleteIndividualAsync(
        TenantId tenant,
        string registrationId,
        Audit.AuditEntry audit,
        CancellationToken ct
    );

    Task<CredentialSource?> FindSourceAsync(TenantId tenant, long deviceKey, CancellationToken ct);

    /// <summary>The device has registered through this enrollment, now.</summary>
    Task AssignAsync(
        TenantId tenant,
        long deviceKey,
        CredentialSource source,
        DateTimeOffset now,
        CancellationToken ct
    );
}
