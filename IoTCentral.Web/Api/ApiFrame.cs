using IoTCentral.Core.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace IoTCentral.Web.Api;

/// <summary>What every endpoint of the API has in common; features map theirs into the group.</summary>
internal static class ApiFrame
{
    public static IServiceCollection AddApiFrame(this IServiceCollection services)
    {
        services
            .AddAuthentication()
            .AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, ApiTokenAuthentication>(
                ApiTokenAuthentication.Name,
                _ => { }
            );
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        // else a wrong body is answered without a word outside Development
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddApiDocument();
        return services.AddApiLimit();
    }

    /// <summary>The endpoint is for tokens whose role includes this; the service behind it asks again.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, Permission permission) =>
        endpoint.RequireAuthorization(permission.ToString());

    /// <summary>The group <c>/api</c>: reached with an API token only, in a known version, with a body of bounded size.</summary>
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes
            .MapGroup("/api")
            .RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = ApiTokenAuthentication.Name })
            .RequireRateLimiting(ApiLimit.Policy)
            .WithMetadata(new RequestSizeLimitAttribute(ApiJson.MaxBody))
            .DisableAntiforgery();
        api.AddEndpointFilter<ApiVersion>();
        api.AddEndpointFilter<ApiAddressText>();
        return api;
    }
}
