using IoTCentral.Core.Provisioning;
using IoTCentral.Web.Features.Devices;

namespace IoTCentral.Web.Features.Provisioning;

/// <summary>A device connection group, as IoT Central's REST API shows it.</summary>
internal sealed record EnrollmentGroupDto
{
    /// <summary>From the address; in a body it must be the same.</summary>
    public string? Id { get; init; }
    public string? Etag { get; init; }
    public string? DisplayName { get; init; }
    public bool? Enabled { get; init; }

    /// <summary>iot or iotEdge.</summary>
    public string? Type { get; init; }
    public AttestationDto? Attestation { get; init; }

    /// <summary>What devices of the application send as ID scope; ignored in a body.</summary>
    public string? IdScope { get; init; }

    /// <param name="keys">Null: the asker may not see them.</param>
    public static EnrollmentGroupDto Of(EnrollmentGroup group, KeyPair? keys, string idScope) =>
        new()
        {
            Id = group.Id,
            Etag = EtagOf(group),
            DisplayName = group.DisplayName,
            Enabled = group.IsEnabled,
            Type = group.Type,
            Attestation = AttestationDto.Of(keys),
            IdScope = idScope,
        };

    public static string EtagOf(EnrollmentGroup group) =>
        Api.Etag.Of(group.CreatedAt.ToUnixTimeMilliseconds(), group.Version);
}

/// <summary>How a group's devices, or a single one, show who they are.</summary>
internal sealed record AttestationDto
{
    public const string SymmetricKeyType = "symmetricKey";

    public string? Type { get; init; }
    public SymmetricKeyDto? SymmetricKey { get; init; }

    /// <param name="keys">Null: the asker may not see them.</param>
    public static AttestationDto Of(KeyPair? keys) =>
        new() { Type = SymmetricKeyType, SymmetricKey = keys is null ? null : new(keys.Primary, keys.Secondary) };
}
