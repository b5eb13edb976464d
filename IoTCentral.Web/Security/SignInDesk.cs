using System.Globalization;
using System.Net;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using Microsoft.AspNetCore.Identity;

namespace IoTCentral.Web.Security;

/// <summary>How a sign-in went. A refusal never says why: no such account, wrong password and locked out look alike.</summary>
internal enum SignInAnswer
{
    SignedIn,
    Refused,

    /// <summary>Too many tries from this network address.</summary>
    TooMany,
}

/// <summary>
/// Signs people in by e-mail address and password. Known and unknown addresses look alike and take alike; ten wrong
/// passwords in 15 minutes rest the account, and a network address that guesses is slowed.
/// </summary>
internal sealed class SignInDesk(
    SignInManager<Account> signIn,
    UserManager<Account> people,
    Sessions sessions,
    IInstallationAudit audit,
    SignInLimits limits,
    TimeProvider time
)
{
    // above what checking a password costs, so that the answer's time says nothing
    private static readonly TimeSpan RefusalTakes = TimeSpan.FromMilliseconds(700);

    public async Task<SignInAnswer> SignInAsync(
        string email,
        string password,
        bool stay,
        IPAddress? address,
        CancellationToken ct
    )
    {
        var started = time.GetTimestamp();
        var from = address?.ToString();
        if (!limits.Addresses.TryTake(limits.KeyOf(address), out _))
            return SignInAnswer.TooMany;
        if (await CheckAsync(email, password) is { } account)
        {
            limits.Addresses.GiveBack(limits.KeyOf(address));
            await EnterAsync(account, stay, from, ct);
            return SignInAnswer.SignedIn;
        }

        await NoteAsync("sign-in.refused", email, from, ct);
        var rest = RefusalTakes - time.GetElapsedTime(started);
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest, time, ct);
        return SignInAnswer.Refused;
    }

    /// <summary>A session and a cookie for somebody who has shown who they are.</summary>
    public async Task EnterAsync(Account account, bool stay, string? address, CancellationToken ct)
    {
        var session = await sessions.BeginAsync(account, address, ct);
        await signIn.SignInWithClaimsAsync(account, stay, [session]);
        AccountDesk.Remember(signIn.Context, account.Theme);
        await NoteAsync("sign-in", account.Email, address, ct, account.Id);
    }

    private async Task<Account?> CheckAsync(string email, string password)
    {
        // No account is like that: nothing of it is kept as a key or hashed. The answer takes as long as any refusal.
        if (email.Length > AccountRules.MaxEmailLength || password.Length > PasswordRules.MaxLength)
            return null;
        var key = people.NormalizeEmail(email.Trim()) ?? "";
        var mayTry = limits.Accounts.TryTake(key, out _);
        var account = key.Length > 0 && mayTry ? await people.FindByEmailAsync(email.Trim()) : null;
        if (account is null)
        {
            CheckNobodys(password);
            return null;
        }

        var result = await signIn.CheckPasswordSignInAsync(account, password, lockoutOnFailure: true);
        if (result.IsLockedOut)
            CheckNobodys(password);
        if (!result.Succeeded)
            return null;
        limits.Accounts.Reset(key);
        return account;
    }

    /// <summary>The work of checking a password where there is none to check.</summary>
    private void CheckNobodys(string password)
    {
        var nobody = new Account();
        var hash = limits.NobodysHash(() => people.PasswordHasher.HashPassword(nobody, $"{Guid.CreateVersion7()}"));
        people.PasswordHasher.VerifyHashedPassword(nobody, hash, password);
    }

    private Task NoteAsync(string action, string email, string? address, CancellationToken ct, Guid? id = null)
    {
        // people type all sorts of things into the wrong field: only what looks like an address is kept
        var name =
            email.Contains('@', StringComparison.Ordinal) && email.Length <= AccountRules.MaxEmailLength
                ? email.Trim()
                : "?";
        var who = id?.ToString(null, CultureInfo.InvariantCulture) ?? "unknown";
        return audit.AddAsync(
            new()
            {
                Actor = new("person", who, name, address),
                Action = action,
                TargetId = who,
                TargetName = name,
            },
            ct
        );
    }
}
