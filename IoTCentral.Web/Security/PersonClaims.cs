using System.Globalization;
using System.Security.Claims;
using IoTCentral.Core.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace IoTCentral.Web.Security;

/// <summary>What a sign-in cookie says about a person. Rights are not among it: they are looked up.</summary>
internal static class PersonClaims
{
    /// <summary>Which sign-in this is; see <see cref="Session"/>.</summary>
    public const string Session = "session";

    public const string InstallationAdministrator = "installation-administrator";

    public static Guid? PersonId(this ClaimsPrincipal principal) => Read(principal, ClaimTypes.NameIdentifier);

    public static Guid? SessionId(this ClaimsPrincipal principal) => Read(principal, Session);

    public static string? Stamp(this ClaimsPrincipal principal) =>
        principal.FindFirstValue("AspNet.Identity.SecurityStamp");

    private static Guid? Read(ClaimsPrincipal principal, string type) =>
        Guid.TryParse(principal.FindFirstValue(type), CultureInfo.InvariantCulture, out var id) ? id : null;
}

/// <summary>Makes the claims of a person: id, e-mail address, display name as the name, security stamp.</summary>
internal sealed class PersonClaimsFactory(UserManager<Account> people, IOptions<IdentityOptions> options)
    : UserClaimsPrincipalFactory<Account>(people, options)
{
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(Account user)
    {
        var claims = await base.GenerateClaimsAsync(user);
        if (claims.FindFirst(Options.ClaimsIdentity.UserNameClaimType) is { } name)
            claims.RemoveClaim(name);
        claims.AddClaim(new(Options.ClaimsIdentity.UserNameClaimType, user.DisplayName));
        if (user.IsInstallationAdministrator)
            claims.AddClaim(new(PersonClaims.InstallationAdministrator, "true"));
        return claims;
    }
}
