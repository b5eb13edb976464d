namespace IoTCentral.Web.Ui;

/// <summary>One step of the way to a page; without an address it is only read.</summary>
public sealed record Crumb(string Text, string? Href = null);
