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
    ) => TypedResults.Ok(AttestationDto.Of(await attestation.GetAsync(caller.Value, id, ct)));

    private static async Task<Ok<AttestationDto>> PutAsync(
        string id,
        JsonBody<AttestationDto> sent,
        TokenCaller caller,
        DeviceAttestation attestation,
        CancellationToken ct
    )
    {
        var body = sent.Value;
        Demand(body.Type ?? "");
        var keys = body.SymmetricKey;
        await attestation.PutAsync(caller.Value, id, keys?.PrimaryKey, keys?.SecondaryKey, ct);
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
        Demand(patch.Text("type", AttestationDto.SymmetricKeyType) ?? "");
        var keys = patch.Object("symmetricKey");
        var (primary, secondary) = (keys?.Text("primaryKey"), keys?.Text("secondaryKey"));
        patch.Demand();
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

    private static void Demand(string type)
    {
        if (type == AttestationDto.SymmetricKeyType)
            return;
        var words = type is "x509" or "tpm"
            ? $"Devices attest by symmetricKey; {type} comes in a later version."
            : "Say how the device attests: symmetricKey.";
        throw new InvalidRequestException("enrollment.invalid", [new Fault("type", words)]);
    }
}
