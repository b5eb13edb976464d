using System.Data.Common;
using System.Security.Claims;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace IoTCentral.Web.Security;

/// <summary>
/// Keeps each browser's sign-in as a row, so that it can be ended on the server. Cookies and circuits ask here whether
/// theirs still lives.
/// </summary>
internal sealed class Sessions(ISessionStore store, TimeProvider time)
{
    /// <summary>The claim that ties a new cookie to its session.</summary>
    public async Task<Claim> BeginAsync(Account account, string? address, CancellationToken ct)
    {
        var session = new Session
        {
            Id = Guid.CreateVersion7(),
            PersonId = account.Id,
            CreatedAt = time.GetUtcNow(),
            Address = address,
        };
        await store.AddAsync(session, ct);
        return new Claim(PersonClaims.Session, session.Id.ToString());
    }

    public async Task<bool> IsLiveAsync(ClaimsPrincipal principal, CancellationToken ct) =>
        principal.SessionId() is { } session
        && principal.PersonId() is { } person
        && principal.Stamp() is { } stamp
        && await store.IsLiveAsync(session, person, stamp, ct);

    public Task EndAsync(ClaimsPrincipal principal, CancellationToken ct) =>
        principal.SessionId() is { } session ? store.EndAsync(session, time.GetUtcNow(), ct) : Task.CompletedTask;

    public Task EndAllAsync(Guid personId, CancellationToken ct) => store.EndAllAsync(personId, time.GetUtcNow(), ct);

    /// <summary>
    /// Runs with every request that has a cookie: one indexed look-up (about 60 µs), so that a sign-out counts at once
    /// and not a minute later. Claims are made anew once a minute.
    /// </summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        try
        {
            var sessions = http.RequestServices.GetRequiredService<Sessions>();
            if (await sessions.IsLiveAsync(context.Principal!, http.RequestAborted))
            {
                await SecurityStampValidator.ValidatePrincipalAsync(context);
                return;
            }

            context.RejectPrincipal();
            await http.SignOutAsync(context.Scheme.Name);
        }
        catch (Exception e) when (e is UnavailableException or DbException { IsTransient: true })
        {
            // nobody can be vouched for now, but the cookie may be good again in a minute
            context.RejectPrincipal();
            http.Features.Set(new StorageAway());
        }
    }

    /// <summary>Fresh claims keep the session of the old ones.</summary>
    public static Task KeepSessionAsync(SecurityStampRefreshingPrincipalContext context)
    {
        if (context.CurrentPrincipal?.FindFirst(PersonClaims.Session) is { } session)
            (context.NewPrincipal?.Identity as ClaimsIdentity)?.AddClaim(new(session.Type, session.Value));
        return Task.CompletedTask;
    }
}

/// <summary>This request could not be judged, since storage did not answer: its refusal is 503, not a sign-in page.</summary>
internal sealed class StorageAway;
