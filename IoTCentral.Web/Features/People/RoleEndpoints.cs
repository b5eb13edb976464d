using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.People;

/// <summary>A role, as IoT Central's REST API shows it.</summary>
internal sealed record RoleDto(string Id, string DisplayName);

/// <summary>Roles in the REST API; their ids are IoT Central's, since scripts carry them.</summary>
internal static class RoleEndpoints
{
    public static void MapRoles(this IEndpointRouteBuilder api)
    {
        var roles = api.MapGroup("/roles").WithTags("Roles");
        roles.MapGet("/", List).Needs(Permission.ViewApplication);
        roles.MapGet("/{id}", Get).Needs(Permission.ViewApplication);
    }

    private static Ok<ApiPage<RoleDto>> List() =>
        TypedResults.Ok(new ApiPage<RoleDto>([.. Role.BuiltIn.Select(Of)], null));

    private static Ok<RoleDto> Get(string id) =>
        Role.BuiltIn.FirstOrDefault(r => r.Id == id) is { } role
            ? TypedResults.Ok(Of(role))
            : throw new NotFoundException("role.unknown", $"There is no role '{id}'.");

    private static RoleDto Of(Role role) => new(role.Id, role.Name);
}
