using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Devices;

/// <summary>What changing properties takes.</summary>
internal sealed record PropertyServices(DeviceRegistry Devices, TemplateCatalog Templates, TwinRegistry Twins);

/// <summary>Properties of devices in the REST API: of the whole device, or of one component.</summary>
internal static class DevicePropertyEndpoints
{
    public static void MapDeviceProperties(this IEndpointRouteBuilder devices)
    {
        foreach (var scope in new[] { "/{id}/properties", "/{id}/components/{component}/properties" })
        {
            devices.MapGet(scope, GetAsync).Needs(Permission.ViewDevices);
            devices
                .MapPut(scope, PutAsync)
                .Needs(Permission.UpdateDevices)
                .Accepts<JsonObject>("application/json")
                .Produces<JsonObject>(StatusCodes.Status202Accepted);
            devices
                .MapPatch(scope, PatchAsync)
                .Needs(Permission.UpdateDevices)
                .Accepts<JsonObject>("application/json", ApiJson.Patch)
                .Produces<JsonObject>(StatusCodes.Status202Accepted);
        }
    }

    private static async Task<Ok<JsonObject>> GetAsync(
        string id,
        string? component,
        TokenCaller caller,
        [AsParameters] PropertyServices services,
        CancellationToken ct
    )
    {
        var all = DeviceProperties.Of(await services.Twins.GetAsync(caller.Value, id, ct));
        if (Within(all, component) is { } found)
            return TypedResults.Ok(found);
        var device = await services.Devices.GetAsync(caller.Value, id, ct);
        await services.Templates.DemandComponentAsync(device, component!, ct);
        return TypedResults.Ok(new JsonObject()); // it is there and has said nothing yet
    }

    /// <summary>202: what is wanted of the device is stored, and the device will answer in its own time.</summary>
    private static async Task<Accepted<JsonObject>> PatchAsync(
        string id,
        string? component,
        MergePatch patch,
        TokenCaller caller,
        [AsParameters] PropertyServices services,
        CancellationToken ct
    )
    {
        var device = await services.Devices.GetAsync(caller.Value, id, ct);
        var template = await services.Templates.FindAsync(caller.Value.Tenant, device.TemplateId, ct);
        return await ChangeAsync(
            (id, component),
            patch.Body,
            new(template, component ?? "", patch.Body),
            caller,
            services,
            ct
        );
    }

    /// <summary>Writable and cloud properties become those of the body, and no others; 202 as above.</summary>
    private static async Task<Accepted<JsonObject>> PutAsync(
        string id,
        string? component,
        JsonBody<JsonObject> sent,
        TokenCaller caller,
        [AsParameters] PropertyServices services,
        CancellationToken ct
    )
    {
        var device = await services.Devices.GetAsync(caller.Value, id, ct);
        var template = await services.Templates.FindAsync(caller.Value.Tenant, device.TemplateId, ct);
        var twin = await services.Twins.GetAsync(caller.Value, id, ct);
        var whole = PropertyReplacement.Of(template, component ?? "", sent.Value, twin);
        return await ChangeAsync(
            (id, component),
            sent.Value,
            new(template, component ?? "", whole),
            caller,
            services,
            ct
        );
    }

    private static async Task<Accepted<JsonObject>> ChangeAsync(
        (string Device, string? Component) of,
        JsonObject body,
        PropertyPatch change,
        TokenCaller caller,
        PropertyServices services,
        CancellationToken ct
    )
    {
        var twin = change is { Desired.Count: 0, Cloud.Count: 0 }
            ? await services.Twins.GetAsync(caller.Value, of.Device, ct)
            : await services.Twins.PatchAsync(caller.Value, of.Device, change.Sides, ct);
        var all = DeviceProperties.Of(twin);
        return TypedResults.Accepted((string?)null, DeviceProperties.Echo(Within(all, of.Component) ?? [], body));
    }

    /// <summary>Null: nothing is known of the component.</summary>
    private static JsonObject? Within(JsonObject all, string? component) =>
        component is null ? all : all[component]?.DeepClone() as JsonObject;
}
