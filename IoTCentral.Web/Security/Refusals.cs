using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace IoTCentral.Web.Security;

/// <summary>
/// Turns a refused request into its answer: sign-in for strangers, 404 where the application must not show, 403 where
/// the role does not reach. The API has words of its own.
/// </summary>
internal sealed class Refusals : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (authorizeResult.Succeeded)
            return next(context);
        if (context.IsApi() && context.Features.Get<TooManyCalls>() is { } many)
            return ApiLimit.RefuseAsync(context, many);
        if (context.IsApi())
            return ApiErrors.RefuseAsync(context, isForbidden: authorizeResult.Forbidden);
        if (context.Features.Get<StorageAway>() is not null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }

        if (!authorizeResult.Forbidden)
            return _usual.HandleAsync(next, context, policy, authorizeResult);
        var isUnknown =
            authorizeResult.AuthorizationFailure?.FailureReasons.Any(r => r.Message == PermissionHandler.Unknown)
            is true;
        // the body is written by the status pages
        context.Response.StatusCode = isUnknown ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }
}
