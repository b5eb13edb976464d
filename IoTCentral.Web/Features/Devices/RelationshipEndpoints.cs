using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Devices;

/// <summary>A device behind a gateway, as IoT Central's REST API shows it.</summary>
/// <param name="Source">The gateway; absent in a body: the device of the address.</param>
/// <param name="Target">The device behind it.</param>
internal sealed record RelationshipDto(string? Id, string? Source, string? Target)
{
    public static RelationshipDto Of(DeviceRelationship relationship) =>
        new(relationship.Id, relationship.Source, relationship.Target);
}

/// <summary>Gateways and what is behind them in the REST API.</summary>
internal static class RelationshipEndpoints
{
    public static void MapRelationships(this RouteGroupBuilder devices)
    {
        var relationships = devices.MapGroup("/{id}/relationships");
        relationships.MapGet("", ListAsync).Needs(Permission.ViewDevices);
        relationships.MapGet("/{relationship}", GetAsync).Needs(Permission.ViewDevices);
        relationships
            .MapPut("/{relationship}", PutAsync)
            .Needs(Permission.UpdateDevices)
            .Accepts<RelationshipDto>("application/json");
        relationships
            .MapPatch("/{relationship}", PatchAsync)
            .Needs(Permission.UpdateDevices)
            .Accepts<RelationshipDto>("application/json", ApiJson.Patch);
        relationships.MapDelete("/{relationship}", DeleteAsync).Needs(Permission.UpdateDevices);
    }

    /// <summary>The direct ones, up and down.</summary>
    private static async Task<Ok<ApiPage<RelationshipDto>>> ListAsync(
        string id,
        TokenCaller caller,
        DeviceRelationships relationships,
        CancellationToken ct
    )
    {
        var all = await relationships.ListAsync(caller.Value, id, ct);
        return TypedResults.Ok(new ApiPage<RelationshipDto>([.. all.Select(RelationshipDto.Of)], null));
    }

    private static async Task<Ok<RelationshipDto>> GetAsync(
        string id,
        string relationship,
        TokenCaller caller,
        DeviceRelationships relationships,
        CancellationToken ct
    ) => TypedResults.Ok(RelationshipDto.Of(await relationships.GetAsync(caller.Value, id, relationship, ct)));

    private static async Task<Ok<RelationshipDto>> PutAsync(
        string id,
        string relationship,
        JsonBody<RelationshipDto> sent,
        TokenCaller caller,
        DeviceRelationships relationships,
        CancellationToken ct
    )
    {
        var body = sent.Value;
        BodyId.Demand("relationship.invalid", "id", body.Id, relationship);
        var wanted = new DeviceRelationship(relationship, body.Source ?? id, body.Target ?? "");
        Demand(id, wanted);
        return TypedResults.Ok(RelationshipDto.Of(await relationships.PutAsync(caller.Value, wanted, ct)));
    }

    private static async Task<Ok<RelationshipDto>> PatchAsync(
        string id,
        string relationship,
        MergePatch patch,
        TokenCaller caller,
        DeviceRelationships relationships,
        CancellationToken ct
    )
    {
        var current = await relationships.GetAsync(caller.Value, id, relationship, ct);
        var wanted = new DeviceRelationship(
            relationship,
            patch.Text("source", current.Source) ?? "",
            patch.Text("target", current.Target) ?? ""
        );
        patch.Demand();
        Demand(id, wanted);
        return TypedResults.Ok(RelationshipDto.Of(await relationships.ReplaceAsync(caller.Value, current, wanted, ct)));
    }

    private static void Demand(string id, DeviceRelationship wanted)
    {
        if (wanted.Target.Length == 0)
            throw new InvalidRequestException(
                "relationship.invalid",
                [new Fault("target", "Name the device behind the gateway.")]
            );
        if (id != wanted.Source && id != wanted.Target)
            throw new InvalidRequestException(
                "relationship.invalid",
                [new Fault("source", $"The device '{id}' of the address must be source or target.")]
            );
    }

    private static async Task<NoContent> DeleteAsync(
        string id,
        string relationship,
        TokenCaller caller,
        DeviceRelationships relationships,
        CancellationToken ct
    )
    {
        await relationships.DeleteAsync(caller.Value, id, relationship, ct);
        return TypedResults.NoContent();
    }
}
