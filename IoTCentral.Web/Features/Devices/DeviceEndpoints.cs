using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Api;
using IoTCentral.Web.Errors;
using IoTCentral.Web.Features.Devices.Files;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Devices;

/// <summary>Devices in the REST API.</summary>
internal static class DeviceEndpoints
{
    public static void MapDevices(this IEndpointRouteBuilder api)
    {
        var devices = api.MapGroup("/devices").WithTags("Devices").TellsFaultsAs(("name", "displayName"));
        devices.MapGet("/", ListAsync).Needs(Permission.ViewDevices);
        devices.MapGet("/{id}", GetAsync).Needs(Permission.ViewDevices);
        devices.MapPut("/{id}", PutAsync).Needs(Permission.UpdateDevices).Accepts<DeviceDto>("application/json");
        devices
            .MapPatch("/{id}", PatchAsync)
            .Needs(Permission.UpdateDevices)
            .Accepts<DeviceDto>("application/json", ApiJson.Patch);
        devices.MapDelete("/{id}", DeleteAsync).Needs(Permission.DeleteDevices);
        devices.MapGet("/{id}/credentials", GetCredentialsAsync).Needs(Permission.ViewConnectivity);
        devices.MapDeviceAttestation();
        devices.MapGet("/{id}/components", ComponentsAsync).Needs(Permission.ViewDevices);
        devices.MapDeviceProperties();
        devices.MapDeviceTelemetry();
        devices.MapDeviceCommands();
        devices.MapDeviceFiles();
        devices.MapDeviceModules();
        devices.MapRelationships();
    }

    /// <summary>Those of its template; none without one.</summary>
    private static async Task<Ok<ApiPage<ComponentDto>>> ComponentsAsync(
        string id,
        TokenCaller caller,
        DeviceRegistry devices,
        TemplateCatalog templates,
        CancellationToken ct
    )
    {
        var device = await devices.GetAsync(caller.Value, id, ct);
        var template = await templates.FindAsync(device.TenantId, device.TemplateId, ct);
        var components = template?.Capabilities.Where(c => c.Kind == CapabilityKind.Component) ?? [];
        return TypedResults.Ok(new ApiPage<ComponentDto>([.. components.Select(ComponentDto.Of)], null));
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
        JsonBody<DeviceDto> sent,
        TokenCaller caller,
        DeviceRegistry devices,
        HttpContext context,
        CancellationToken ct
    )
    {
        var body = sent.Value;
        BodyId.Demand("device.invalid", "id", body.Id, id);
        var saved = await Etag.SaveAsync(
            context,
            body.Etag,
            async () =>
            {
                var current = await devices.FindAsync(caller.Value, id, ct);
                var isGuarded = Etag.Demand(context, body.Etag, current is null ? null : DeviceDto.EtagOf(current));
                if (current is null)
                    DemandNoSlash(id);
                var version = isGuarded ? current?.Version : null;
                var device = await devices.PutAsync(caller.Value, body.ToDevice(id), version, ct);
                return body.Enabled is true ? await devices.ApproveAsync(caller.Value, id, ct) : device;
            }
        );
        return Answer(context, saved);
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
        var etag = patch.Text("etag");
        BodyId.Demand("device.invalid", "id", patch.Text("id"), id);
        var saved = await Etag.SaveAsync(
            context,
            etag,
            async () =>
            {
                var current = await devices.GetAsync(caller.Value, id, ct);
                Etag.Demand(context, etag, DeviceDto.EtagOf(current));
                var device = await devices.UpdateAsync(caller.Value, Patched(current, patch), ct);
                return patch.Has("enabled") && !device.IsBlocked
                    ? await devices.ApproveAsync(caller.Value, id, ct)
                    : device;
            }
        );
        return Answer(context, saved);
    }

    private static Device Patched(Device current, MergePatch patch)
    {
        var changed = current with
        {
            Name = patch.Text("displayName", current.Name) is { Length: > 0 } name ? name.Trim() : current.Id,
            TemplateId = patch.Text("template", current.TemplateId) is { Length: > 0 } template ? template : null,
            IsBlocked = !patch.Flag("enabled", !current.IsBlocked, removed: true),
            IsSimulated = patch.Flag("simulated", current.IsSimulated, removed: false),
        };
        var organizations = patch.Texts("organizations");
        patch.Demand();
        DeviceDto.DemandRoot(organizations);
        if ((changed.IsSimulated, changed.TemplateId) != (current.IsSimulated, current.TemplateId))
            DeviceDto.DemandTemplate(changed.IsSimulated, changed.TemplateId);
        return changed;
    }

    // A '/' in an address arrives as it was written, %2F, and would be taken for three characters of the id.
    private static void DemandNoSlash(string id)
    {
        if (id.Contains("%2F", StringComparison.OrdinalIgnoreCase))
            throw new InvalidRequestException("device.invalid", [new Fault("id", "A device id cannot have a '/'.")]);
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
        return TypedResults.Ok(CredentialsDto.Of(found));
    }

    private static Ok<DeviceDto> Answer(HttpContext context, Device device)
    {
        Etag.Show(context, DeviceDto.EtagOf(device));
        return TypedResults.Ok(DeviceDto.Of(device));
    }
}
