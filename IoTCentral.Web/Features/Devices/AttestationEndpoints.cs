using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Web.Api;
using IoTCentral.Web.Errors;
using IoTCentral.Web.Features.Provisioning;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Devices;

/// <summary>Individual enrollment in the REST API: keys of a device's own.</summary>
internal static class AttestationEndpoints
{
    private const string Address = "/{id}/attestation";

    public static void MapDeviceAttestation(this IEndpointRouteBuilder devices)
    {
        var attestation = devices
            .MapGroup(Address)
            .TellsFaultsAs(("primaryKey", "symmetricKey.primaryKey"), ("secondaryKey", "symmetricKey.secondaryKey"));
        attestation.MapGet("", GetAsync).Needs(Permission.ViewConnectivity);
        attestation
            .MapPut("", PutAsync)
            .Needs(Permission.ManageConnectivity)
            .Accepts<AttestationDto>("application/json");
        attestation
            .MapPatch("", PatchAsync)
            .Needs(Permission.ManageConnectivity)
            .Accepts<AttestationDto>("application/json", ApiJson.Patch);
        attestation.MapDelete("", DeleteAsync).Needs(Permission.ManageConnectivity);
    }

    private static async Task<Ok<AttestationDto>> GetAsync(
        string id,
        TokenCaller caller,
        DeviceAttestation attestation,
        CancellationToken ct
    )
    {
        var own = await attestation.GetAsync(caller.Value, id, ct);
        return TypedResults.Ok(
            own.Certificates is { } certificates ? AttestationDto.Of(certificates) : AttestationDto.Of(own.Keys)
        );
    }

    private static async Task<Ok<AttestationDto>> PutAsync(
        string id,
        JsonBody<AttestationDto> sent,
        TokenCaller caller,
        DeviceAttestation attestation,
        CancellationToken ct
    )
    {
        var body = sent.Value;
        if (KindOf(body.Type) == Attestation.X509)
        {
            var sentAlong = body.X509?.ClientCertificates ?? new ClientCertificatesDto(null, null);
            await attestation.PutAsync(caller.Value, id, sentAlong.ToCertificates(), ct);
        }
        else
        {
            var keys = body.SymmetricKey;
            await attestation.PutAsync(caller.Value, id, keys?.PrimaryKey, keys?.SecondaryKey, ct);
        }

        return await GetAsync(id, caller, attestation, ct);
    }

    private static async Task<Ok<AttestationDto>> PatchAsync(
        string id,
        MergePatch patch,
        TokenCaller caller,
        DeviceAttestation attestation,
        CancellationToken ct
    )
    {
        var current = await attestation.GetAsync(caller.Value, id, ct);
        var type = patch.Text("type", current.Keys is null ? AttestationDto.X509Type : AttestationDto.SymmetricKeyType);
        if (KindOf(type) == Attestation.X509)
        {
            await PatchCertificatesAsync(id, (patch, current.Certificates), caller, attestation, ct);
            return await GetAsync(id, caller, attestation, ct);
        }

        var keys = patch.Object("symmetricKey");
        var (primary, secondary) = (keys?.Text("primaryKey"), keys?.Text("secondaryKey"));
        patch.Demand();
        if (current.Keys is null)
            await attestation.PutAsync(caller.Value, id, primary, secondary, ct);
        else
            await attestation.PatchAsync(caller.Value, id, primary, secondary, ct);
        return await GetAsync(id, caller, attestation, ct);
    }

    private static async Task<NoContent> DeleteAsync(
        string id,
        TokenCaller caller,
        DeviceAttestation attestation,
        CancellationToken ct
    )
    {
        await attestation.DeleteAsync(caller.Value, id, ct);
        return TypedResults.NoContent();
    }

    private static Task PatchCertificatesAsync(
        string id,
        (MergePatch Patch, OwnCertificates? Current) change,
        TokenCaller caller,
        DeviceAttestation attestation,
        CancellationToken ct
    )
    {
        var patch = change.Patch.Object("x509")?.Object("clientCertificates");
        var now = change.Current is { } own ? X509Dto.Of(own).ClientCertificates : null;
        var wanted = new ClientCertificatesDto(
            Of(patch, "primary", now?.Primary),
            patch?.Has("secondary") is true && patch.Object("secondary") is null
                ? null
                : Of(patch, "secondary", now?.Secondary)
        );
        change.Patch.Demand();
        return attestation.PutAsync(caller.Value, id, wanted.ToCertificates(), ct);
    }

    private static ClientCertificateDto? Of(MergePatch? patch, string entry, ClientCertificateDto? current)
    {
        if (patch?.Object(entry) is not { } changed)
            return current;
        var info = changed.Object("info");
        return new()
        {
            Certificate = changed.Text("certificate"),
            Info = new() { Sha1Thumbprint = info?.Text("sha1Thumbprint"), Thumbprint = info?.Text("thumbprint") },
        };
    }

    private static Attestation KindOf(string? type) =>
        type == "tpm"
            ? throw new InvalidRequestException(
                "enrollment.invalid",
                [
                    new Fault(
                        "type",
                        "This hub does not attest by tpm. Enrol the device with x509: the private key may lie in its TPM."
                    ),
                ]
            )
            : AttestationDto.Kind(type ?? "", "type")!.Value;
}
