using System.Security.Claims;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace IoTCentral.Web.Security;

/// <summary>What somebody may change about her own account. Each change is audited with it.</summary>
internal sealed class AccountDesk(
    UserManager<Account> people,
    SignInDesk signIn,
    Sessions sessions,
    SignInLimits limits
)
{
    private const string ThemeCookie = "theme";

    public async Task<Account> GetAsync(ClaimsPrincipal principal) =>
        await people.GetUserAsync(principal)
        ?? throw new InvalidOperationException("Somebody is signed in who is not there.");

    /// <exception cref="InvalidRequestException">Faults of name and time zone.</exception>
    public async Task SaveAsync(HttpContext context, Account account, string name, string? timeZone, string? theme)
    {
        var zone = string.IsNullOrWhiteSpace(timeZone) ? null : timeZone.Trim();
        var faults = AccountRules.CheckName(name.Trim()).ToList();
        if (zone is not null && !TimeZones.IsKnown(zone))
            faults.Add(new("timeZone", $"There is no time zone '{zone}'. Use a name such as Europe/Berlin."));
        if (faults.Count > 0)
            throw new InvalidRequestException("account.invalid", faults);

        account.Name = name.Trim();
        account.TimeZone = zone;
        account.Theme = theme is "light" or "dark" ? theme : "system";
        account.Change = Change(context, account, "person.update");
        Demand(await people.UpdateAsync(account));
        Remember(context, account.Theme);
    }

    /// <summary>Ends every other sign-in of this person; this browser gets a new one.</summary>
    /// <exception cref="InvalidRequestException">The old password is wrong, or the new one no good.</exception>
    public async Task ChangePasswordAsync(HttpContext context, Account account, string old, string @new)
    {
        // the same tries as for signing in: an open browser must not become a place to guess
        var key = account.NormalizedEmail;
        if (
            !limits.Accounts.TryTake(key, out _)
            || old.Length > PasswordRules.MaxLength
            || !await people.CheckPasswordAsync(account, old)
        )
            throw new InvalidRequestException("account.invalid", [new Fault("old", "This is not your password.")]);
        limits.Accounts.Reset(key);
        var faults = await AccountRules.CheckPasswordAsync(people, account, @new);
        if (faults.Count > 0)
            throw new InvalidRequestException("account.invalid", faults);

        account.Change = Change(context, account, "person.change-password");
        Demand(await people.ChangePasswordAsync(account, old, @new));
        await sessions.EndAllAsync(account.Id, context.RequestAborted);
        await signIn.EnterAsync(account, stay: false, AddressOf(context), context.RequestAborted);
    }

    public async Task SignOutEverywhereAsync(HttpContext context, Account account)
    {
        account.Change = Change(context, account, "person.sign-out-everywhere");
        Demand(await people.UpdateSecurityStampAsync(account));
        await sessions.EndAllAsync(account.Id, context.RequestAborted);
        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>The theme this person chose, in the cookie that pages are drawn by.</summary>
    public static void Remember(HttpContext context, string? theme)
    {
        if (theme is not null)
            context.Response.Cookies.Append(
                ThemeCookie,
                theme,
                new()
                {
                    MaxAge = TimeSpan.FromDays(365),
                    SameSite = SameSiteMode.Lax,
                    IsEssential = true,
                }
            );
    }

    private static AuditEntry Change(HttpContext context, Account account, string action) =>
        new()
        {
            Actor = new("person", account.Id.ToString(), account.Email, AddressOf(context)),
            Action = action,
            TargetId = account.Id.ToString(),
            TargetName = account.Email,
        };

    private static string? AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();

    private static void Demand(IdentityResult result)
    {
        if (!result.Succeeded)
            throw new ConflictException(
                "account.changed",
                "Your account was changed elsewhere in the meantime. Load the page again and repeat your change."
            );
    }
}
