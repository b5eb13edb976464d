using IoTCentral.Web.Security;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace IoTCentral.Web.Features.SignIn;

/// <summary>Signing out: a form's POST, since a link could be followed by accident or malice.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/sign-out", SignOutAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions, IAntiforgery antiforgery)
    {
        if (context.User.Identity is not { IsAuthenticated: true })
            return Results.Redirect("/");
        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.BadRequest();
        await sessions.EndAsync(context.User, context.RequestAborted);
        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
        return Results.Redirect("/");
    }
}
