namespace IoTCentral.Web.Ui;

/// <summary>Code that runs as pasted.</summary>
/// <param name="Name">Name of its tab: "Node", "mosquitto_pub".</param>
public sealed record CodeSample(string Name, string Code);
