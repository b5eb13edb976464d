using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace IoTCentral.Web.Security;

/// <summary>Ends what an open page may do within half a minute of its sign-in ending, here or elsewhere.</summary>
internal sealed class CircuitSignIn(ILoggerFactory logs, Sessions sessions)
    : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    ) => sessions.IsLiveAsync(authenticationState.User, cancellationToken);
}
