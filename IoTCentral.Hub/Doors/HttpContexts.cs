using System.Net;
using IoTCentral.Hub.Devices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace IoTCentral.Hub.Doors;

/// <summary>What every request of a device is asked for.</summary>
internal static class HttpContexts
{
    public static IPAddress AddressOf(this HttpContext context) =>
        context.Connection.RemoteIpAddress?.Unmapped() ?? IPAddress.None;

    /// <summary>For the connection log.</summary>
    public static Origin OriginOf(this HttpContext context) =>
        new(context.AddressOf(), "HTTPS", ClientName.Of(context.Request.Headers.UserAgent.ToString()));

    /// <summary>The body; null: it has more than <paramref name="most"/> bytes.</summary>
    public static async Task<byte[]?> ReadBodyAsync(this HttpContext context, int most)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = most;
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return body.ToArray();
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }
}
