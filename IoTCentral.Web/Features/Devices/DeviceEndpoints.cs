using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Devices;

/// <summary>Devices in the REST API.</summary>
internal static class DeviceEndpoints
{
    public static void MapDevices(this IEndpointRouteBuilder api)
    {
        var devices = api.MapGroup("/devices").WithTags("Devices");
        devices.MapGet("/", ListAsync).Needs(Permission.ViewDevices);
        devices.MapGet("/{id}", GetAsync).Needs(Permission.ViewDevices);
        devices.MapPut("/{id}", PutAsync).Needs(Permission.UpdateDevices);
        devices
            .MapPatch("/{id}", PatchAsync)
            .Needs(Permission.UpdateDevices)
            .Accepts<DeviceDto>("application/json", ApiJson.Patch);
        devices.MapDelete("/{id}", DeleteAsync).Needs(Permission.DeleteDevices);
        devices.MapGet("/{id}/credentials", GetCredentialsAsync).Needs(Permission.ViewConnectivity);
        devices.MapDeviceProperties();
        devices.MapDeviceTelemetry();
    }

    private static async Task<Ok<ApiPage<DeviceDto>>> ListAsync(
        PageQuery page,
        DeviceListQuery query,
        TokenCaller caller,
        DeviceRegistry devices,
        HttpContext context,
        CancellationToken ct
    )
    {
        var found = await devices.ListAsync(caller.Value, query.Filter, page.After, page.Limit, ct);
        return TypedResults.Ok(PageQuery.Answer(context, found, DeviceDto.Of));
    }

    private static async Task<Ok<DeviceDto>> GetAsync(
        string id,
        TokenCaller caller,
        DeviceRegistry devices,
        HttpContext context,
        CancellationToken ct
    ) => Answer(context, await devices.GetAsync(caller.Value, id, ct));

    /// <summary>The client chooses the id; 200 for a new one too, as IoT Central answers.</summary>
    private static async Task<Ok<DeviceDto>> PutAsync(
        string id,
        DeviceDto body,
        TokenCaller caller,
        DeviceRegistry devices,
        HttpContext context,
        CancellationToken ct
    )
    {
        var current = await devices.FindAsync(caller.Value, id, ct);
        var isGuarded = Etag.Demand(context, body.Etag, current is null ? null : DeviceDto.EtagOf(current));
        var version = isGuarded ? current?.Version : null;
        return Answer(context, await devices.PutAsync(caller.Value, body.ToDevice(id), version, ct));
    }

    private static async Task<Ok<DeviceDto>> PatchAsync(
        string id,
        MergePatch patch,
        TokenCaller caller,
        DeviceRegistry devices,
        HttpContext context,
        CancellationToken ct
    )
    {
        var current = await devices.GetAsync(caller.Value, id, ct);
        var changed = current with
        {
            Name = patch.Text("displayName", current.Name) is { Length: > 0 } name ? name.Trim() : id,
            TemplateId = patch.Text("template", current.TemplateId) is { Length: > 0 } template ? template : null,
            IsBlocked = !patch.Flag("enabled", !current.IsBlocked),
            IsSimulated = patch.Flag("simulated", current.IsSimulated),
        };
        Etag.Demand(context, patch.Text("etag"), DeviceDto.EtagOf(current));
        patch.Demand();
        return Answer(context, await devices.UpdateAsync(caller.Value, changed, ct));
    }

    private static async Task<NoContent> DeleteAsync(
        string id,
        TokenCaller caller,
        DeviceRegistry devices,
        HttpContext context,
        CancellationToken ct
    )
    {
        Etag.Demand(context, null, DeviceDto.EtagOf(await devices.GetAsync(caller.Value, id, ct)));
        await devices.DeleteAsync(caller.Value, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<CredentialsDto>> GetCredentialsAsync(
        string id,
        TokenCaller caller,
        DeviceCredentials credentials,
        CancellationToken ct
    )
    {
        var found = await credentials.GetAsync(caller.Value, id, ct);
        return TypedResults.Ok(
            new CredentialsDto(found.IdScope, new SymmetricKeyDto(found.Keys.Primary, found.Keys.Secondary))
        );
    }

    private static Ok<DeviceDto> Answer(HttpContext context, Device device)
    {
        Etag.Show(context, DeviceDto.EtagOf(device));
        return TypedResults.Ok(DeviceDto.Of(device));
    }
}
