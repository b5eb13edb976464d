namespace IoTCentral.Web.Ui;

/// <summary>Code to paste.</summary>
/// <param name="Name">Name of its tab: "Node", "mosquitto_pub".</param>
public sealed record CodeSample(string Name, string Code);
