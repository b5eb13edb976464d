namespace IoTCentral.Web.Features.Devices.Connect;

/// <summary>Names the resource <c>CredentialTexts.resx</c>: words about how a single device shows who it is.</summary>
public sealed class CredentialTexts;
