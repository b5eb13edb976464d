using System.Text.Json.Nodes;
using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;

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

    /// <summary>Whether devices that nobody has created may come in at once; false: somebody approves each.</summary>
    public bool? AutoApprove { get; init; }

    /// <summary>migrate, reset or never: what becomes of devices that had registered through another group.</summary>
    public string? ReprovisionPolicy { get; init; }

    /// <summary><c>{"tags":{…},"properties":{"desired":{…}}}</c> of new devices.</summary>
    public JsonObject? InitialTwin { get; init; }

    /// <summary>What devices of the application send as ID scope; ignored in a body.</summary>
    public string? IdScope { get; init; }

    /// <param name="keys">Null: the asker may not see them, or there are certificates.</param>
    public static EnrollmentGroupDto Of(
        EnrollmentGroup group,
        KeyPair? keys,
        IReadOnlyList<SigningCertificate> certificates,
        string idScope
    ) =>
        new()
        {
            Id = group.Id,
            Etag = EtagOf(group),
            DisplayName = group.DisplayName,
            Enabled = group.IsEnabled,
            Type = group.Type,
            Attestation =
                group.Attestation == Core.Provisioning.Attestation.X509
                    ? AttestationDto.Of(certificates)
                    : AttestationDto.Of(keys),
            AutoApprove = !group.Terms.NeedsApproval,
            ReprovisionPolicy = Policies[group.Terms.Reprovisioning],
            InitialTwin = group.Terms.InitialTwin is { } twin ? JsonNode.Parse(twin) as JsonObject : null,
            IdScope = idScope,
        };

    public static string EtagOf(EnrollmentGroup group) =>
        Api.Etag.Of(group.CreatedAt.ToUnixTimeMilliseconds(), group.Version);

    /// <summary>The terms of a body; members that are not there stay.</summary>
    /// <exception cref="InvalidRequestException"><c>enrollment.invalid</c>: no such policy.</exception>
    public EnrollmentTerms Terms(EnrollmentTerms current) =>
        new()
        {
            NeedsApproval = AutoApprove is { } auto ? !auto : current.NeedsApproval,
            Reprovisioning = ReprovisionPolicy is { } policy ? PolicyOf(policy) : current.Reprovisioning,
            InitialTwin = InitialTwin is { } twin ? twin.ToJsonString() : current.InitialTwin,
        };

    private static readonly Dictionary<Reprovisioning, string> Policies = new()
    {
        [Reprovisioning.Migrate] = "migrate",
        [Reprovisioning.Reset] = "reset",
        [Reprovisioning.Never] = "never",
    };

    private static Reprovisioning PolicyOf(string text) =>
        Policies.Where(p => p.Value == text).Select(p => (Reprovisioning?)p.Key).FirstOrDefault()
        ?? throw new InvalidRequestException(
            "enrollment.invalid",
            [new Fault("reprovisionPolicy", "A policy is migrate, reset or never.")]
        );
}
