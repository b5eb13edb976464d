using System.Net;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>Somebody asks to register through an ID scope.</summary>
public sealed record RegistrantRequest
{
    public required string IdScope { get; init; }
    public required string RegistrationId { get; init; }

    /// <summary>The shared access signature as sent; empty when there was none.</summary>
    public required string Password { get; init; }

    /// <summary>What it showed in TLS; null: nothing.</summary>
    public ClientCertificate? Certificate { get; init; }
    public required IPAddress Address { get; init; }
}

/// <summary>Somebody whose key an enrollment of this application yields: may register now.</summary>
/// <param name="Source">The enrollment that verified.</param>
/// <param name="DeviceId">The id a new device gets.</param>
public sealed record Registrant(
    Application Application,
    string RegistrationId,
    CredentialSource Source,
    string DeviceId,
    DateTimeOffset TokenEnds,
    EnrollmentTerms Terms
)
{
    /// <summary>By what it proved who it is, in words.</summary>
    public string Proof { get; init; } = "";
}

/// <summary>Either somebody who may register or a refusal.</summary>
public readonly record struct RegistrantResult(Registrant? Registrant, Refusal? Refusal)
{
    public static implicit operator RegistrantResult(Registrant registrant) => new(registrant, null);

    public static implicit operator RegistrantResult(Refusal refusal) => new(null, refusal);
}

/// <summary>What a device says of itself when it registers.</summary>
/// <param name="ModelId">The model it announces; null: none.</param>
/// <param name="GatewayId">The gateway it is behind; null: says nothing of it.</param>
public sealed record RegistrationPayload(string? ModelId = null, string? GatewayId = null);

/// <summary>How the registration came to be (contract §3.1, <c>substatus</c>).</summary>
public enum RegistrationKind
{
    InitialAssignment,

    /// <summary>From another enrollment, with its twin.</summary>
    DeviceDataMigrated,

    /// <summary>From another enrollment; its twin started over.</summary>
    DeviceDataReset,
}

/// <summary>Which device of which hub a registration is.</summary>
public sealed record Registration
{
    public required string OperationId { get; init; }
    public required string RegistrationId { get; init; }
    public required string AssignedHub { get; init; }
    public required string DeviceId { get; init; }
    public required long DeviceKey { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string ETag { get; init; }

    /// <summary>False: it was there before, the same one.</summary>
    public bool IsNew { get; init; }

    /// <summary>Nobody has approved the device yet: ask again later.</summary>
    public bool IsWaiting { get; init; }
    public RegistrationKind Kind { get; init; }
}

/// <summary>A registration, or why there is none: a status like HTTP's, IoT Hub's error code and a sentence.</summary>
public readonly record struct RegistrationResult(Registration? Registration, int Status, int ErrorCode, string Message)
{
    public static implicit operator RegistrationResult(Registration registration) => new(registration, 200, 0, "");
}
