namespace IoTCentral.Web.Ui;

/// <summary>The network address of the browser, as the page was asked for; a circuit has no request to ask.</summary>
public sealed record ViewerAddress(string? Value)
{
    public static ViewerAddress Unknown { get; } = new((string?)null);
}
