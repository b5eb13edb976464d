using IoTCentral.Core.Access;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Api;

/// <summary>Who asks the API, as the request's token says.</summary>
/// <param name="IsElsewhere">The address names another application than the token: nothing is to be found there.</param>
internal sealed record ApiCaller(Application Application, Caller Caller, bool IsElsewhere);

internal static class ApiRequest
{
    private static readonly PathString Root = "/api";
    private static readonly PathString Hubs = "/hubs";

    /// <summary>True for requests that are answered in the API's words.</summary>
    public static bool IsApi(this HttpContext context) =>
        context.Request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase) || context.IsHub();

    /// <summary>True for connections of SignalR that programs open, with a token.</summary>
    public static bool IsHub(this HttpContext context) =>
        context.Request.Path.StartsWithSegments(Hubs, StringComparison.OrdinalIgnoreCase);

    /// <summary>Null when the request has no good token.</summary>
    public static ApiCaller? ApiCaller(this HttpContext context) => context.Features.Get<ApiCaller>();
}

/// <summary>
/// The caller of an API endpoint, as a parameter: <c>Get(string id, TokenCaller caller, …)</c>. Endpoints are reached
/// with a good token only.
/// </summary>
internal sealed record TokenCaller(Application Application, Caller Value)
{
    public static ValueTask<TokenCaller?> BindAsync(HttpContext context) =>
        ValueTask.FromResult(context.ApiCaller() is { } api ? new TokenCaller(api.Application, api.Caller) : null);
}
