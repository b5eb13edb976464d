namespace IoTCentral.Web.Features.Account;

/// <summary>What somebody typed about herself.</summary>
internal sealed class ProfileInput
{
    public string? Name { get; set; }
    public string? TimeZone { get; set; }
    public string? Theme { get; set; }
}

/// <summary>The password somebody has, and the one she wants.</summary>
internal sealed class PasswordInput
{
    public string? Old { get; set; }
    public string? New { get; set; }
}
