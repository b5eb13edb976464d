using System.Security.Claims;
using System.Text.Encodings.Web;
using IoTCentral.Core.Access;
using IoTCentral.Core.Tenants;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace IoTCentral.Web.Api;

/// <summary>Reads <c>Authorization: SharedAccessSignature …</c>; the token names the application.</summary>
internal sealed class ApiTokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    ApiTokens tokens,
    ITenantStore tenants,
    StrangerLimit strangers
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Name = "ApiToken";

    /// <summary>
    /// As it stands in the header; SignalR's clients put <c>Bearer</c> before it, and browsers, which cannot give a
    /// WebSocket a header, put it into the address. Empty: there is none.
    /// </summary>
    public static string TokenOf(HttpRequest request)
    {
        const string Bearer = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer + "SharedAccessSignature ", StringComparison.OrdinalIgnoreCase))
            return header[Bearer.Length..];
        return header.Length == 0 && request.HttpContext.IsHub() ? request.Query["access_token"].ToString() : header;
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var address = Context.Connection.RemoteIpAddress;
        if (!strangers.TryTake(address, out var wait))
        {
            Context.Features.Set(new TooManyCalls(wait));
            return AuthenticateResult.NoResult();
        }

        var isStranger = false;
        try
        {
            var result = await VerifyAsync(address?.ToString());
            isStranger = !result.Succeeded;
            return result;
        }
        finally
        {
            if (!isStranger) // nor is somebody one while storage is away
                strangers.GiveBack(address);
        }
    }

    private async Task<AuthenticateResult> VerifyAsync(string? address)
    {
        var token = TokenOf(Request);
        if (token.Length == 0)
            return AuthenticateResult.NoResult();
        if (await tokens.VerifyAsync(token, address, Context.RequestAborted) is not var (application, caller))
            return AuthenticateResult.Fail("The token is unknown, wrong or expired.");

        Context.Features.Set(new ApiCaller(application, caller, await IsElsewhereAsync(application)));
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.Actor.Id)], Scheme.Name);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name));
    }

    private async Task<bool> IsElsewhereAsync(Application application)
    {
        if (Context.ApplicationInPath() is { } slug && slug != application.Slug)
            return true;
        var host = Request.Host.Host;
        if (string.Equals(host, application.HostName, StringComparison.OrdinalIgnoreCase))
            return false;
        var owner = await tenants.FindByHostNameAsync(host, Context.RequestAborted);
        return owner is not null && owner.TenantId != application.TenantId;
    }
}
