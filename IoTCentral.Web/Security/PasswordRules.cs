using IoTCentral.Core.Access;
using Microsoft.AspNetCore.Identity;

namespace IoTCentral.Web.Security;

/// <summary>
/// What a password must be: long, and nothing that stands beside it. No rules of digits and capitals, which make people
/// choose worse ones (NIST SP 800-63B §5.1.1.2).
/// </summary>
internal sealed class PasswordRules : IPasswordValidator<Account>
{
    public const int MinLength = 12;
    public const int MinDifferent = 5;

    /// <summary>Beyond this, hashing would be work for free.</summary>
    public const int MaxLength = 256;

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password)
    {
        if (password is null)
            return Task.FromResult(IdentityResult.Success);
        if (password.Length > MaxLength)
            return Refuse("PasswordTooLong", $"A password has at most {MaxLength} characters.");
        return Contains(password, user.Email.Split('@')[0]) || Contains(password, "iotcentral")
            ? Refuse("PasswordGuessable", "Leave your e-mail address and the product's name out of the password.")
            : Task.FromResult(IdentityResult.Success);
    }

    private static bool Contains(string password, string part) =>
        part.Length >= 4 && password.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static Task<IdentityResult> Refuse(string code, string description) =>
        Task.FromResult(IdentityResult.Failed(new IdentityError { Code = code, Description = description }));
}
