using System.Globalization;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.CloudToDevice;

/// <summary>A device's messages by HTTPS: one at a time, to be completed, refused or put back by its lock (contract §4).</summary>
internal sealed class HttpInbox(HubServices hub)
{
    public async Task TakeAsync(HttpContext context, SignedIn device)
    {
        var taken = await hub.Inbox.TakeAsync(device.TenantId, device.DeviceKey, 1, [], context.RequestAborted);
        if (taken is not [var message])
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var headers = context.Response.Headers;
        headers.ETag = $"\"{message.LockToken}\"";
        headers["iothub-sequencenumber"] = message.Sequence.ToString(CultureInfo.InvariantCulture);
        headers["iothub-enqueuedtime"] = Time(message.Enqueued);
        headers["iothub-expiry"] = Time(message.Expires);
        headers["iothub-deliverycount"] = message.DeliveryCount.ToString(CultureInfo.InvariantCulture);
        headers["iothub-to"] = $"/devices/{Uri.EscapeDataString(device.DeviceId)}/messages/deviceBound";
        headers["iothub-ack"] = message.Ack.ToString().ToLowerInvariant();
        Add(headers, "iothub-messageid", message.MessageId);
        Add(headers, "iothub-correlationid", message.CorrelationId);
        Add(headers, "iothub-userid", message.UserId);
        Add(headers, "iothub-contenttype", message.ContentType);
        Add(headers, "iothub-contentencoding", message.ContentEncoding);
        foreach (var (name, value) in message.Properties)
            Add(headers, $"iothub-app-{name}", value ?? "");
        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(message.Body, context.RequestAborted);
    }

    /// <summary>Completes it, or refuses it when the query says <c>reject</c>.</summary>
    public async Task EndAsync(HttpContext context, SignedIn device, string lockToken)
    {
        var isReject = context.Request.Query.ContainsKey("reject");
        var ct = context.RequestAborted;
        var isEnded =
            Guid.TryParse(lockToken, out var token)
            && (
                isReject
                    ? await hub.Inbox.RejectAsync(device.TenantId, device.DeviceKey, token, ct)
                    : await hub.Inbox.CompleteAsync(device.TenantId, device.DeviceKey, token, ct)
            );
        await DoneAsync(context, isEnded);
    }

    public async Task AbandonAsync(HttpContext context, SignedIn device, string lockToken)
    {
        var isLock = Guid.TryParse(lockToken, out var token);
        if (isLock)
        {
            await hub.Inbox.AbandonAsync(device.TenantId, device.DeviceKey, [token], context.RequestAborted);
            hub.Sessions.CloudMessageWaits(device.TenantId, device.DeviceKey);
        }

        await DoneAsync(context, isLock);
    }

    private static Task DoneAsync(HttpContext context, bool isDone)
    {
        if (!isDone)
            return HubErrors.WriteAsync(
                context,
                StatusCodes.Status412PreconditionFailed,
                "The lock of this message is over. Receive it again."
            );
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    // Headers are ASCII; what a sender wrote beyond it stands percent-encoded.
    private static void Add(IHeaderDictionary headers, string name, string? value)
    {
        if (value is not null && name.All(IsTokenCharacter))
            headers[name] = value.All(c => c is >= ' ' and < '\x7f') ? value : Uri.EscapeDataString(value);
    }

    private static bool IsTokenCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
