using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Devices;

/// <summary>What telling a last value takes.</summary>
internal sealed record TelemetryServices(
    DeviceRegistry Devices,
    DeviceModules Modules,
    TemplateCatalog Templates,
    ILiveFeed Live
);

/// <summary>Last values of telemetry in the REST API.</summary>
internal static class DeviceTelemetryEndpoints
{
    public static void MapDeviceTelemetry(this IEndpointRouteBuilder devices)
    {
        foreach (var scope in DeviceScope.Addresses)
            devices.MapGet($"{scope}/telemetry/{{name}}", GetAsync).Needs(Permission.ViewDevices);
    }

    private static async Task<Ok<LastValueDto>> GetAsync(
        [AsParameters] DeviceScope scope,
        string name,
        TokenCaller caller,
        [AsParameters] TelemetryServices services,
        CancellationToken ct
    )
    {
        var device = await services.Devices.GetAsync(caller.Value, scope.Id, ct);
        if (scope.Module is not null)
            await services.Modules.GetAsync(caller.Value, scope.Identity, ct);
        var component = ModuleComponent.Of(scope.Module, scope.Component ?? "");
        var all = await services.Live.LastValuesAsync(caller.Value.Tenant, device.Key, ct);
        var value = all.TryGetValue((component, name), out var whole)
            ? new LastValueDto(PointValue.Of(whole.Point), whole.MessageTime)
            : Members(all, component, name);
        if (value is not null)
            return TypedResults.Ok(value);
        if (scope is { Module: null, Component: { } own })
            await services.Templates.DemandComponentAsync(device, own, ct);
        throw new NotFoundException("telemetry.no-value", $"'{scope.Identity}' has not sent '{name}' yet.");
    }

    /// <summary>An object value is kept as its members, <c>name.member</c>; the newest of them says when.</summary>
    private static LastValueDto? Members(
        IReadOnlyDictionary<(string Component, string Name), LastValue> all,
        string component,
        string name
    )
    {
        var members = all.Where(v =>
                v.Key.Component == component && v.Key.Name.StartsWith($"{name}.", StringComparison.Ordinal)
            )
            .ToList();
        return members.Count == 0
            ? null
            : new(
                members.ToDictionary(m => m.Key.Name[(name.Length + 1)..], m => PointValue.Of(m.Value.Point)),
                members.Max(m => m.Value.MessageTime)
            );
    }
}
