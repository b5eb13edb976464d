using System.Net;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>A device asks to connect to the hub.</summary>
public sealed record SignInRequest
{
    public required string DeviceId { get; init; }

    /// <summary>The module of the device that it is; null: the device itself.</summary>
    public string? ModuleId { get; init; }
    public IdentityId Id => new(DeviceId, ModuleId);

    /// <summary>Host it believes to talk to, from its user name.</summary>
    public required string Host { get; init; }

    /// <summary>The shared access signature as sent; empty when there was none.</summary>
    public required string Password { get; init; }

    /// <summary>What it showed in TLS; null: nothing.</summary>
    public ClientCertificate? Certificate { get; init; }

    /// <summary>Plug and Play model it announces.</summary>
    public string? ModelId { get; init; }

    /// <summary>Where it connects from, and which address of ours it reached.</summary>
    public required IPAddress Address { get; init; }
    public IPAddress? LocalAddress { get; init; }
}

/// <summary>A device that has shown who it is.</summary>
public sealed record SignedIn
{
    public required TenantId TenantId { get; init; }
    public required long DeviceKey { get; init; }
    public required string DeviceId { get; init; }

    /// <summary>The module of the device that it is; null: the device itself.</summary>
    public string? ModuleId { get; init; }

    public long? ModuleKey { get; init; }

    /// <summary>Of its twin, queue and connection: the device's, or the module's own.</summary>
    public long Key => ModuleKey ?? DeviceKey;

    public IdentityId Id => new(DeviceId, ModuleId);

    /// <summary>What follows <c>devices/</c> in its topics and addresses: <c>D</c> or <c>D/modules/M</c>.</summary>
    public string Path => ModuleId is null ? DeviceId : $"{DeviceId}/modules/{ModuleId}";

    /// <summary>What it signed in with; null: a token.</summary>
    public ClientCertificate? Certificate { get; init; }

    /// <summary>The connection ends with its token or certificate.</summary>
    public required DateTimeOffset TokenEnds { get; init; }
    public DateTimeOffset? LastMessageAt { get; init; }

    /// <summary>By what it proved who it is, in words.</summary>
    public string Proof { get; init; } = "";
}

/// <summary>Why somebody may not connect.</summary>
/// <param name="Code">One of <see cref="Devices.ConnectionCode"/>.</param>
/// <param name="Detail">What happened and what to do.</param>
/// <param name="IsOurs">True: our doing, trying again later is right.</param>
public sealed record Refusal(string Code, string Detail, bool IsOurs = false)
{
    /// <summary>Devices whose logs tell it; empty: it belongs to no application.</summary>
    public IReadOnlyList<(TenantId Tenant, long? DeviceKey)> Concerns { get; init; } = [];

    /// <summary>By what it proved, or tried to prove, who it is, in words.</summary>
    public string Proof { get; init; } = "";

    /// <summary>The device connection group it came by; null: not known.</summary>
    public string? GroupId { get; init; }
}

/// <summary>Either a signed-in device or a refusal.</summary>
public readonly record struct SignInResult(SignedIn? Device, Refusal? Refusal)
{
    public static implicit operator SignInResult(SignedIn device) => new(device, null);

    public static implicit operator SignInResult(Refusal refusal) => new(null, refusal);
}
