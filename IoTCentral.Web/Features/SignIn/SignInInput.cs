namespace IoTCentral.Web.Features.SignIn;

/// <summary>What somebody typed to sign in.</summary>
internal sealed class SignInInput
{
    public string? Email { get; set; }
    public string? Password { get; set; }
    public bool Stay { get; set; }
}

/// <summary>Where to go after signing in: only addresses of ours.</summary>
internal static class OwnAddress
{
    /// <summary>The address when it is a path on this server, else null; <c>//other.example</c> is none.</summary>
    public static string? Of(string? address) =>
        address is ['/', ..] and not ['/', '/' or '\\', ..] && !address.Any(char.IsControl) ? address : null;
}
