using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>Whether a device has ever shown that it holds its credential.</summary>
public enum ProvisioningStatus
{
    /// <summary>Known to us; has not connected or registered yet.</summary>
    Registered,

    /// <summary>Has registered through DPS or connected with its credential at least once.</summary>
    Provisioned,

    /// <summary>Came by itself through a group that asks somebody to approve; may not connect yet.</summary>
    Waiting,
}

/// <summary>A thing that connects to us: who it is and whether it may talk.</summary>
public sealed record Device
{
    public required TenantId TenantId { get; init; }

    /// <summary>Id on the wire, case-sensitive, <see cref="DeviceId.Pattern"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Internal generation; new when a deleted id is created again.</summary>
    public long Key { get; init; }
    public required string Name { get; init; }

    /// <summary>Template's DTMI; null: unassigned.</summary>
    public string? TemplateId { get; init; }
    public ProvisioningStatus Status { get; init; }
    public bool IsBlocked { get; init; }
    public bool IsSimulated { get; init; }
    public int OrganizationId { get; init; } = Application.RootOrganization;

    /// <summary>Model the device announced itself (CONNECT or DPS payload).</summary>
    public string? AnnouncedModelId { get; init; }
    public int Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Last known connection state; see <see cref="Presence"/>.</summary>
    public Presence Presence { get; init; } = Presence.Never;

    /// <summary>It came by itself and somebody has to decide about it: who turns it away blocks it.</summary>
    public bool IsWaiting => Status == ProvisioningStatus.Waiting && !IsBlocked;

    /// <summary>It has registered, connected or sent: what it reported and sent is there, true or invented.</summary>
    public bool HasHistory =>
        Status == ProvisioningStatus.Provisioned || (Presence.ConnectedAt ?? Presence.LastMessageAt) is not null;

    /// <summary>This device unable to connect; the same instance when it already is.</summary>
    public Device Block() => IsBlocked ? this : this with { IsBlocked = true };

    public Device Unblock() => IsBlocked ? this with { IsBlocked = false } : this;
}

/// <summary>When a device was connected and heard last.</summary>
public sealed record Presence
{
    public static Presence Never { get; } = new();
    public bool IsConnected { get; init; }
    public DateTimeOffset? ConnectedAt { get; init; }
    public DateTimeOffset? DisconnectedAt { get; init; }

    /// <summary>Received time of its newest message.</summary>
    public DateTimeOffset? LastMessageAt { get; init; }
}

/// <summary>Rules of device ids (contract: IoT Hub's alphabet).</summary>
public static partial class DeviceId
{
    public const string Pattern = @"^[A-Za-z0-9\-:.+%_#*?!(),=@$']{1,128}$";

    public static bool IsLegal(string id) => Legal().IsMatch(id);

    [System.Text.RegularExpressions.GeneratedRegex(
        Pattern,
        System.Text.RegularExpressions.RegexOptions.CultureInvariant
            | System.Text.RegularExpressions.RegexOptions.NonBacktracking
    )]
    private static partial System.Text.RegularExpressions.Regex Legal();
}
