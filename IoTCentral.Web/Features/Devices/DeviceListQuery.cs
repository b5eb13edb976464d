using IoTCentral.Core.Devices;
using IoTCentral.Web.Api;

namespace IoTCentral.Web.Features.Devices;

/// <summary>Which devices a list shows and in which order, in either of IoT Central's spellings.</summary>
internal sealed record DeviceListQuery(DeviceFilter Filter)
{
    /// <exception cref="ApiQueryException">filter or orderby cannot be read.</exception>
    public static ValueTask<DeviceListQuery?> BindAsync(HttpContext context)
    {
        var filter = new DeviceFilter
        {
            Expression = One(context, "filter") is { } text ? DeviceFilterText.Parse(text) : null,
            IsDescending = One(context, "orderby") is { } order && IsDescending(order),
        };
        return ValueTask.FromResult<DeviceListQuery?>(new(filter));
    }

    private static string? One(HttpContext context, string name)
    {
        var query = context.Request.Query;
        return query[name].Concat(query[$"${name}"]).FirstOrDefault(v => !string.IsNullOrWhiteSpace(v));
    }

    private static bool IsDescending(string order) =>
        order.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["displayName"] or ["displayName", "asc"] => false,
            ["displayName", "desc"] => true,
            _ => throw new ApiQueryException("Devices are ordered by displayName, asc or desc."),
        };
}
