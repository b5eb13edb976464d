using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Rules.Notices;

/// <summary>
/// The body of a webhook: IoT Central's members, so that receivers go on working, and ours beside them (<c>moment</c>,
/// <c>alert</c>). Values of the root component stand beside the components' names.
/// </summary>
internal static class AlertWebhook
{
    private static readonly JsonSerializerOptions Options = new(RuleJson.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Body(AlertNotice notice, WebhookAction action, string link, string baseUrl)
    {
        var (alert, application) = (notice.Alert, notice.Application);
        var body = new JsonObject
        {
            ["timestamp"] = Time(alert.ResolvedAt ?? alert.OpenedAt),
            ["moment"] = notice.Moment == AlertMoment.Opened ? "opened" : "resolved",
            ["action"] = new JsonObject
            {
                ["id"] = action.Id,
                ["type"] = "WebhookAction",
                ["rules"] = new JsonArray(notice.Rule.Id),
                ["displayName"] = action.Name,
                ["url"] = action.Url,
            },
            ["application"] = new JsonObject
            {
                ["id"] = application.Slug,
                ["displayName"] = application.Name,
                ["subdomain"] = application.Slug,
                ["host"] = new Uri(baseUrl).Authority,
            },
            ["device"] = Device(notice),
            ["rule"] = new JsonObject
            {
                ["id"] = notice.Rule.Id,
                ["displayName"] = notice.Rule.Name,
                ["enabled"] = notice.Rule.IsEnabled,
                ["deviceTemplate"] = notice.Rule.TemplateId,
                ["description"] = alert.Facts.Sentence,
            },
            ["alert"] = AlertNode(alert, link),
        };
        return body.ToJsonString(Options);
    }

    private static JsonObject Device(AlertNotice notice)
    {
        var (detail, facts) = (notice.Device, notice.Device.Facts);
        return new JsonObject
        {
            ["id"] = notice.Alert.DeviceId,
            ["etag"] = $"\"{detail.Version}\"",
            ["displayName"] = notice.Alert.DeviceName,
            ["instanceOf"] = facts.TemplateId,
            ["simulated"] = detail.IsSimulated,
            ["provisioned"] = detail.IsProvisioned,
            ["approved"] = !detail.IsBlocked,
            ["cloudProperties"] = Properties(detail.Cloud),
            ["properties"] = Properties(detail.Reported),
            ["telemetry"] = Telemetry(notice),
        };
    }

    private static JsonObject AlertNode(Alert alert, string link) =>
        new()
        {
            ["id"] = alert.Id.ToString(),
            ["status"] = alert.Status == AlertStatus.Resolved ? "resolved" : "open",
            ["severity"] = JsonNamingPolicy.CamelCase.ConvertName(alert.Severity.ToString()),
            ["openedAt"] = Time(alert.OpenedAt),
            ["resolvedAt"] = alert.ResolvedAt is { } resolved ? Time(resolved) : null,
            ["url"] = link,
            ["conditions"] = JsonSerializer.SerializeToNode(alert.Facts.Conditions, RuleJson.Options),
        };

    private static JsonObject Telemetry(AlertNotice notice)
    {
        var telemetry = new JsonObject();
        if (notice.Message is { } message)
        {
            var values = message.Message.Component.Length == 0 ? telemetry : new JsonObject();
            foreach (var point in message.Points)
                values[point.Name] = new JsonObject { ["value"] = Value(point) };
            if (message.Message.Component.Length > 0)
                telemetry[message.Message.Component] = values;
            return telemetry;
        }

        foreach (var fact in notice.Alert.Facts.Conditions.Where(f => f is { Name: not null, Value: not null }))
        {
            var value = new JsonObject { ["value"] = JsonSerializer.SerializeToNode(fact.Value, RuleJson.Options) };
            if (fact.Component is not { Length: > 0 } component)
                telemetry[fact.Name!] = value;
            else if (telemetry[component] is JsonObject known)
                known[fact.Name!] = value;
            else
                telemetry[component] = new JsonObject { [fact.Name!] = value };
        }

        return telemetry;
    }

    private static JsonNode? Value(in Point point) =>
        point.Kind switch
        {
            PointKind.Text => point.Text,
            PointKind.Boolean => point.Number != 0,
            PointKind.Location => new JsonObject { ["lat"] = point.Number, ["lon"] = point.Number2 },
            _ => point.Number,
        };

    /// <summary>Twin properties as <c>{name: {value}}</c>, of components as <c>{component: {name: {value}}}</c>.</summary>
    private static JsonObject Properties(JsonObject twin)
    {
        var properties = new JsonObject();
        foreach (var (name, value) in twin)
        {
            if (value is JsonObject component && component["__t"]?.GetValueKind() == JsonValueKind.String)
                properties[name] = Properties(component);
            else if (name != "__t")
                properties[name] = new JsonObject { ["value"] = Plain(value) };
        }

        return properties;
    }

    /// <summary>An acknowledged writable property (<c>value</c>, <c>ac</c>, <c>av</c>) is its value.</summary>
    private static JsonNode? Plain(JsonNode? value) =>
        value is JsonObject o && o.ContainsKey("value") && o.ContainsKey("ac") && o.ContainsKey("av")
            ? o["value"]?.DeepClone()
            : value?.DeepClone();

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O");
}
