using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Api;
using IoTCentral.Web.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Devices;

/// <summary>A module of a device, as IoT Central's REST API shows it, and beyond: whether it is connected.</summary>
internal sealed record ModuleDto(
    [property: JsonPropertyName("@type")] IReadOnlyList<string> Type,
    string Name,
    string? DisplayName,
    bool Connected,
    DateTimeOffset? LastMessageAt
)
{
    public static ModuleDto Of(DeviceModule module) =>
        new(
            ["Relationship", "EdgeModule"],
            module.Id,
            module.Id,
            module.Presence.IsConnected,
            module.Presence.LastMessageAt
        );
}

/// <summary>A module to make; without keys they are made at random.</summary>
internal sealed record NewModuleDto(SymmetricKeyDto? SymmetricKey);

/// <summary>What a module needs to connect.</summary>
internal sealed record ModuleCredentialsDto(string HostName, SymmetricKeyDto SymmetricKey, string ConnectionString);

/// <summary>Modules of devices in the REST API. Making and deleting them is ours: in IoT Central deployments do.</summary>
internal static class ModuleEndpoints
{
    public static void MapDeviceModules(this RouteGroupBuilder devices)
    {
        devices.MapGet("/{id}/modules", ListAsync).Needs(Permission.ViewDevices);
        var module = devices
            .MapGroup("/{id}/modules/{module}")
            .TellsFaultsAs(("primaryKey", "symmetricKey.primaryKey"), ("secondaryKey", "symmetricKey.secondaryKey"));
        module.MapGet("", GetAsync).Needs(Permission.ViewDevices);
        module.MapPut("", PutAsync).Needs(Permission.ManageConnectivity).Accepts<NewModuleDto>("application/json");
        module.MapDelete("", DeleteAsync).Needs(Permission.ManageConnectivity);
        module.MapGet("/credentials", CredentialsAsync).Needs(Permission.ViewConnectivity);
        module.MapGet("/components", ComponentsAsync).Needs(Permission.ViewDevices);
    }

    /// <summary>Without those of IoT Edge itself.</summary>
    private static async Task<Ok<ApiPage<ModuleDto>>> ListAsync(
        string id,
        TokenCaller caller,
        DeviceModules modules,
        CancellationToken ct
    )
    {
        var all = await modules.ListAsync(caller.Value, id, ct);
        return TypedResults.Ok(new ApiPage<ModuleDto>([.. all.Where(m => !m.IsSystem).Select(ModuleDto.Of)], null));
    }

    private static async Task<Ok<ModuleDto>> GetAsync(
        string id,
        string module,
        TokenCaller caller,
        DeviceModules modules,
        CancellationToken ct
    ) => TypedResults.Ok(ModuleDto.Of(await modules.GetAsync(caller.Value, new(id, module), ct)));

    private static async Task<Ok<ModuleDto>> PutAsync(
        string id,
        string module,
        JsonBody<NewModuleDto> sent,
        TokenCaller caller,
        DeviceModules modules,
        CancellationToken ct
    )
    {
        var keys = sent.Value.SymmetricKey is { } given
            ? new KeyPair(given.PrimaryKey ?? DeviceKey.New(), given.SecondaryKey ?? DeviceKey.New())
            : null;
        return TypedResults.Ok(ModuleDto.Of(await modules.AddAsync(caller.Value, new(id, module), keys, ct)));
    }

    private static async Task<NoContent> DeleteAsync(
        string id,
        string module,
        TokenCaller caller,
        DeviceModules modules,
        CancellationToken ct
    )
    {
        await modules.DeleteAsync(caller.Value, new(id, module), ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<ModuleCredentialsDto>> CredentialsAsync(
        string id,
        string module,
        TokenCaller caller,
        DeviceModules modules,
        CancellationToken ct
    )
    {
        var found = await modules.CredentialsAsync(caller.Value, new(id, module), ct);
        return TypedResults.Ok(
            new ModuleCredentialsDto(
                found.HostName,
                new(found.Keys.Primary, found.Keys.Secondary),
                found.ConnectionString
            )
        );
    }

    /// <summary>Those it reports or is wished something of: a module has no template that would name them.</summary>
    private static async Task<Ok<ApiPage<ComponentDto>>> ComponentsAsync(
        string id,
        string module,
        TokenCaller caller,
        TwinRegistry twins,
        CancellationToken ct
    )
    {
        var twin = await twins.GetAsync(caller.Value, new(id, module), ct);
        var names = Marked(twin.Reported).Union(Marked(twin.Desired)).Order(StringComparer.Ordinal);
        return TypedResults.Ok(
            new ApiPage<ComponentDto>([.. names.Select(n => new ComponentDto("Component", n, null, null))], null)
        );
    }

    private static IEnumerable<string> Marked(JsonObject side) =>
        side.Where(p => p.Value is JsonObject inner && inner.ContainsKey("__t")).Select(p => p.Key);
}
