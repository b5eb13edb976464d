using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IoTCentral.Web.Features.Devices;

/// <summary>What changing properties takes.</summary>
/// <param name="Unmodeled">Asked for in the address: names that the template does not have are wanted as they are.</param>
internal sealed record PropertyServices(
    DeviceRegistry Devices,
    TemplateCatalog Templates,
    TwinRegistry Twins,
    [property: FromQuery(Name = "unmodeled")] bool? Unmodeled
)
{
    /// <summary>Null: the device has none, as modules do not.</summary>
    public async Task<DeviceTemplate?> TemplateAsync(Caller caller, DeviceScope scope, CancellationToken ct)
    {
        if (scope.Module is not null)
            return null;
        var device = await Devices.GetAsync(caller, scope.Id, ct);
        return await Templates.FindAsync(caller.Tenant, device.TemplateId, ct);
    }
}

/// <summary>Properties of devices in the REST API: of the whole device or module, or of one component.</summary>
internal static class DevicePropertyEndpoints
{
    public static void MapDeviceProperties(this IEndpointRouteBuilder devices)
    {
        foreach (var scope in DeviceScope.Addresses.Select(address => $"{address}/properties"))
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
        [AsParameters] DeviceScope scope,
        TokenCaller caller,
        [AsParameters] PropertyServices services,
        CancellationToken ct
    )
    {
        var all = DeviceProperties.Of(await services.Twins.GetAsync(caller.Value, scope.Identity, ct));
        if (Within(all, scope.Component) is { } found)
            return TypedResults.Ok(found);
        if (scope.Module is null)
        {
            var device = await services.Devices.GetAsync(caller.Value, scope.Id, ct);
            await services.Templates.DemandComponentAsync(device, scope.Component!, ct);
        }

        return TypedResults.Ok(new JsonObject()); // it is there and has said nothing yet
    }

    /// <summary>202: what is wanted of the device is stored, and the device will answer in its own time.</summary>
    private static async Task<Accepted<JsonObject>> PatchAsync(
        [AsParameters] DeviceScope scope,
        MergePatch patch,
        TokenCaller caller,
        [AsParameters] PropertyServices services,
        CancellationToken ct
    )
    {
        var template = await services.TemplateAsync(caller.Value, scope, ct);
        var change = PropertyPatch.Of(template, scope.Component ?? "", patch.Body, services.Unmodeled == true);
        return await ChangeAsync(scope, patch.Body, change, caller, services, ct);
    }

    /// <summary>Writable and cloud properties become those of the body, and no others; 202 as above.</summary>
    private static async Task<Accepted<JsonObject>> PutAsync(
        [AsParameters] DeviceScope scope,
        JsonBody<JsonObject> sent,
        TokenCaller caller,
        [AsParameters] PropertyServices services,
        CancellationToken ct
    )
    {
        var component = scope.Component ?? "";
        var twin = await services.Twins.GetAsync(caller.Value, scope.Identity, ct);
        var template = await services.TemplateAsync(caller.Value, scope, ct);
        var unmodeled = services.Unmodeled == true;
        var body = PropertyReplacement.Of(template, component, sent.Value, twin, unmodeled);
        var change = PropertyPatch.Of(template, component, body, unmodeled);
        return await ChangeAsync(scope, sent.Value, change, caller, services, ct);
    }

    private static async Task<Accepted<JsonObject>> ChangeAsync(
        DeviceScope of,
        JsonObject body,
        PropertyPatch change,
        TokenCaller caller,
        PropertyServices services,
        CancellationToken ct
    )
    {
        var twin = change is { Desired.Count: 0, Cloud.Count: 0 }
            ? await services.Twins.GetAsync(caller.Value, of.Identity, ct)
            : await services.Twins.PatchAsync(caller.Value, of.Identity, change.Sides, ct);
        var all = DeviceProperties.Of(twin);
        return TypedResults.Accepted((string?)null, DeviceProperties.Echo(Within(all, of.Component) ?? [], body));
    }

    /// <summary>Null: nothing is known of the component.</summary>
    private static JsonObject? Within(JsonObject all, string? component) =>
        component is null ? all : all[component]?.DeepClone() as JsonObject;
}
