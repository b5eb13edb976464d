using IoTCentral.Core.Devices;
using IoTCentral.Web.Api;

namespace IoTCentral.Web.Features.Devices;

/// <summary>Which devices a list shows and in which order, in either of IoT Central's spellings.</summary>
internal sealed record DeviceListQuery(DeviceFilter Filter)
{
    private static readonly FilterFields<DeviceField> Fields = new(
        new Dictionary<string, DeviceField>(StringComparer.Ordinal)
        {
            ["id"] = DeviceField.Id,
            ["displayName"] = DeviceField.DisplayName,
            ["template"] = DeviceField.Template,
            ["enabled"] = DeviceField.Enabled,
            ["provisioned"] = DeviceField.Provisioned,
            ["simulated"] = DeviceField.Simulated,
            ["scopes"] = DeviceField.Organization,
            ["organizations"] = DeviceField.Organization,
        },
        Searched: [DeviceField.Id, DeviceField.DisplayName, DeviceField.Template],
        Flags: [DeviceField.Enabled, DeviceField.Provisioned, DeviceField.Simulated]
    );

    /// <exception cref="ApiQueryException">filter or orderby cannot be read.</exception>
    public static ValueTask<DeviceListQuery?> BindAsync(HttpContext context)
    {
        var filter = new DeviceFilter
        {
            Expression = ListQuery.Text(context, "filter") is { } text ? FilterText.Parse(text, Fields) : null,
            IsDescending = ListQuery.IsDescending(context) ?? false,
        };
        return ValueTask.FromResult<DeviceListQuery?>(new(filter));
    }
}
