namespace IoTCentral.Web.Features.Devices.Gateways;

/// <summary>Names the resource <c>GatewayTexts.resx</c>: words of gateways and the devices behind them.</summary>
public sealed class GatewayTexts;
