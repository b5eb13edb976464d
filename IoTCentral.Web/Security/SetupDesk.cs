using System.ComponentModel.DataAnnotations;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using Microsoft.AspNetCore.Identity;

namespace IoTCentral.Web.Security;

/// <summary>Makes an administrator of the installation from a one-time link, or gives one a new password.</summary>
internal sealed class SetupDesk(UserManager<Account> people, SetupLinks links)
{
    /// <returns>The account, ready to sign in; null when the link is unknown, used or too old.</returns>
    /// <exception cref="InvalidRequestException">With every fault of name, e-mail address and password.</exception>
    public async Task<Account?> RedeemAsync(
        string link,
        string name,
        string email,
        string password,
        string? address,
        CancellationToken ct
    )
    {
        var account = new Account
        {
            Name = name.Trim(),
            Email = email.Trim(),
            SecurityStamp = Guid.CreateVersion7().ToString("N"),
            ConcurrencyStamp = Guid.CreateVersion7().ToString("N"),
        };
        account.NormalizedEmail = people.NormalizeEmail(account.Email) ?? "";
        var faults = await CheckAsync(account, password);
        if (faults.Count > 0)
            throw new InvalidRequestException("setup.invalid", faults);
        account.PasswordHash = people.PasswordHasher.HashPassword(account, password);
        var id = await links.RedeemAsync(link, account, address, ct);
        return id is null ? null : await people.FindByIdAsync($"{id}");
    }

    private async Task<List<Fault>> CheckAsync(Account account, string password)
    {
        var faults = new List<Fault>(AccountRules.CheckName(account.Name));
        if (account.Email.Length > AccountRules.MaxEmailLength || !new EmailAddressAttribute().IsValid(account.Email))
            faults.Add(new("email", "This is no e-mail address. It looks like name@example.com."));
        faults.AddRange(await AccountRules.CheckPasswordAsync(people, account, password));
        return faults;
    }
}

/// <summary>What names and passwords must be, as faults for the fields of a form.</summary>
internal static class AccountRules
{
    /// <summary>The longest address that mail can be sent to (RFC 5321 §4.5.3.1.3, without the angle brackets).</summary>
    public const int MaxEmailLength = 254;

    public const int MaxNameLength = 100;

    public static IEnumerable<Fault> CheckName(string name)
    {
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
            yield return new("name", $"Say what colleagues call you, in at most {MaxNameLength} characters.");
    }

    public static async Task<IReadOnlyList<Fault>> CheckPasswordAsync(
        UserManager<Account> people,
        Account account,
        string password
    )
    {
        var faults = new List<Fault>();
        foreach (var rule in people.PasswordValidators)
        {
            var result = await rule.ValidateAsync(people, account, password);
            faults.AddRange(result.Errors.Select(e => new Fault("password", e.Description)));
        }

        return faults;
    }
}
