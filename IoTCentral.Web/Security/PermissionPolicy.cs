using IoTCentral.Core.Access;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Authorization;
using PageRoute = Microsoft.AspNetCore.Components.RouteData;

namespace IoTCentral.Web.Security;

/// <summary>The asker's role in the application of the address must include this permission.</summary>
internal sealed record PermissionRequirement(Permission Permission) : IAuthorizationRequirement;

/// <summary>Whoever is signed in and runs the installation.</summary>
internal static class Policies
{
    public const string InstallationAdministrator = "InstallationAdministrator";

    /// <summary>A policy for each permission, named as it is: <c>[Authorize(Policy = nameof(Permission.ViewDevices))]</c>.</summary>
    public static void AddPermissions(this AuthorizationBuilder authorization)
    {
        foreach (var permission in Enum.GetValues<Permission>())
            authorization.AddPolicy(
                permission.ToString(),
                p => p.RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(permission))
            );
        authorization.AddPolicy(
            InstallationAdministrator,
            p => p.RequireAuthenticatedUser().RequireClaim(PersonClaims.InstallationAdministrator)
        );
        // everything is closed that does not say otherwise
        authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }
}

/// <summary>
/// Judges by the address's <c>{app}</c>, at the door of a request and again in a circuit; for API tokens by the
/// application that the token names.
/// </summary>
internal sealed class PermissionHandler(ICallerSource callers) : AuthorizationHandler<PermissionRequirement>
{
    /// <summary>Says that the asker is not even to know that the application exists.</summary>
    public const string Unknown = "unknown application";

    protected override async Task HandleRequirementAsync(
        AuthorizationHandlerContext context,
        PermissionRequirement requirement
    )
    {
        if (await FindAsync(context) is not { } caller)
            context.Fail(new AuthorizationFailureReason(this, Unknown));
        else if (caller.May(requirement.Permission))
            context.Succeed(requirement);
    }

    private async ValueTask<Caller?> FindAsync(AuthorizationHandlerContext context)
    {
        if (context.Resource is HttpContext { } http && http.ApiCaller() is { } api)
            return api.IsElsewhere ? null : api.Caller;
        if (context.User.PersonId() is not { } person || SlugOf(context.Resource) is not { } slug)
            return null;
        return (await callers.FindAsync(person, slug, null, CancellationToken.None))?.Caller;
    }

    private static string? SlugOf(object? resource) =>
        resource switch
        {
            HttpContext http => http.GetRouteValue("app") as string,
            PageRoute page => page.RouteValues.GetValueOrDefault("app") as string
                ?? page.RouteValues.GetValueOrDefault("App") as string,
            _ => null,
        };
}
