namespace IoTCentral.Web.Features.Setup;

/// <summary>What the first administrator typed.</summary>
internal sealed class SetupInput
{
    public string? Name { get; set; }
    public string? Email { get; set; }
    public string? Password { get; set; }
}
