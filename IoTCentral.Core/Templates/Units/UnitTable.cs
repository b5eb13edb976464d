namespace IoTCentral.Core.Templates;

/// <summary>All units of DTDL v2 and of QuantitativeTypes v1 (DTDL v3), with exact factors where they are defined so.</summary>
internal static class UnitTable
{
    // NIST SP 811, appendix B; a year is the Julian year of 365.25 days, gallon and fluid ounce are US ones.
    private const double Year = 31_557_600;
    private const double PoundForce = 4.4482216152605;
    private const double Btu = 1055.05585262;
    private const double Pound = 0.45359237;
    private const double Foot = 0.3048;
    private const double Gallon = 0.003785411784;
    private const string Sievert = "sievert";

    public static IReadOnlyList<Unit> All { get; } =
    [
        .. Of(
            "AccelerationUnit",
            ("metrePerSecondSquared", "m/s²", 1),
            ("centimetrePerSecondSquared", "cm/s²", 0.01),
            ("gForce", "g₀", 9.80665)
        ),
        .. Of(
            "AngleUnit",
            ("radian", "rad", 1),
            ("degreeOfArc", "°", Math.PI / 180),
            ("minuteOfArc", "′", Math.PI / 10_800),
            ("secondOfArc", "″", Math.PI / 648_000),
            ("turn", "turn", 2 * Math.PI)
        ),
        .. Of("AngularAccelerationUnit", ("radianPerSecondSquared", "rad/s²", 1)),
        .. Of(
            "AngularVelocityUnit",
            ("radianPerSecond", "rad/s", 1),
            ("degreePerSecond", "°/s", Math.PI / 180),
            ("revolutionPerMinute", "rpm", Math.PI / 30),
            ("revolutionPerSecond", "r/s", 2 * Math.PI)
        ),
        .. Of(
            "ApparentEnergyUnit",
            ("voltAmpereHour", "VAh", 1),
            ("kilovoltAmpereHour", "kVAh", 1e3),
            ("megavoltAmpereHour", "MVAh", 1e6),
            ("gigavoltAmpereHour", "GVAh", 1e9)
        ),
        .. Of(
            "ApparentPowerUnit",
            ("voltAmpere", "VA", 1),
            ("millivoltAmpere", "mVA", 1e-3),
            ("kilovoltAmpere", "kVA", 1e3),
            ("megavoltAmpere", "MVA", 1e6),
            ("gigavoltAmpere", "GVA", 1e9)
        ),
        .. Of(
            "AreaUnit",
            ("squareMetre", "m²", 1),
            ("squareCentimetre", "cm²", 1e-4),
            ("squareMillimetre", "mm²", 1e-6),
            ("squareKilometre", "km²", 1e6),
            ("hectare", "ha", 1e4),
            ("acre", "ac", 4046.8564224),
            ("squareFoot", "ft²", Foot * Foot),
            ("squareInch", "in²", 0.00064516)
        ),
        .. Of(
            "CapacitanceUnit",
            ("farad", "F", 1),
            ("millifarad", "mF", 1e-3),
            ("microfarad", "µF", 1e-6),
            ("nanofarad", "nF", 1e-9),
            ("picofarad", "pF", 1e-12)
        ),
        .. Of(
            "Unitless",
            ("unity", "", 1),
            ("percent", "%", 0.01),
            ("partsPerMillion", "ppm", 1e-6),
            ("partsPerBillion", "ppb", 1e-9),
            ("partsPerTrillion", "ppt", 1e-12),
            ("partsPerQuadrillion", "ppq", 1e-15)
        ),
        .. Of(
            "CurrentUnit",
            ("ampere", "A", 1),
            ("kiloampere", "kA", 1e3),
            ("milliampere", "mA", 1e-3),
            ("microampere", "µA", 1e-6)
        ),
        .. Of(
            "DensityUnit",
            ("kilogramPerCubicMetre", "kg/m³", 1),
            ("gramPerCubicMetre", "g/m³", 1e-3),
            ("milligramPerCubicMetre", "mg/m³", 1e-6),
            ("microgramPerCubicMetre", "µg/m³", 1e-9)
        ),
        .. Of(
            "LengthUnit",
            ("metre", "m", 1),
            ("centimetre", "cm", 0.01),
            ("millimetre", "mm", 1e-3),
            ("micrometre", "µm", 1e-6),
            ("nanometre", "nm", 1e-9),
            ("kilometre", "km", 1e3),
            ("foot", "ft", Foot),
            ("inch", "in", 0.0254),
            ("mile", "mi", 1609.344),
            ("nauticalMile", "nmi", 1852),
            ("astronomicalUnit", "au", 149_597_870_700)
        ),
        .. Of("ChargeUnit", ("coulomb", "C", 1), ("ampereHour", "Ah", 3600), ("milliampereHour", "mAh", 3.6)),
        .. Of(
            "EnergyUnit",
            ("joule", "J", 1),
            ("kilojoule", "kJ", 1e3),
            ("megajoule", "MJ", 1e6),
            ("gigajoule", "GJ", 1e9),
            ("wattHour", "Wh", 3600),
            ("milliwattHour", "mWh", 3.6),
            ("kilowattHour", "kWh", 3.6e6),
            ("megawattHour", "MWh", 3.6e9),
            ("gigawattHour", "GWh", 3.6e12),
            ("terawattHour", "TWh", 3.6e15),
            ("electronvolt", "eV", 1.602176634e-19),
            ("megaelectronvolt", "MeV", 1.602176634e-13),
            ("britishThermalUnit", "BTU", Btu),
            ("kiloBritishThermalUnit", "kBTU", 1e3 * Btu)
        ),
        .. Of(
            "PowerUnit",
            ("watt", "W", 1),
            ("microwatt", "µW", 1e-6),
            ("milliwatt", "mW", 1e-3),
            ("kilowatt", "kW", 1e3),
            ("megawatt", "MW", 1e6),
            ("gigawatt", "GW", 1e9),
            ("horsepower", "hp", 745.69987158227),
            ("kilowattHourPerYear", "kWh/a", 3.6e6 / Year),
            ("joulePerSecond", "J/s", 1),
            ("joulePerHour", "J/h", 1 / 3600d),
            ("kilojoulePerSecond", "kJ/s", 1e3),
            ("kilojoulePerHour", "kJ/h", 1e3 / 3600),
            ("megajoulePerHour", "MJ/h", 1e6 / 3600),
            ("gigajoulePerHour", "GJ/h", 1e9 / 3600),
            ("britishThermalUnitPerHour", "BTU/h", Btu / 3600),
            ("kiloBritishThermalUnitPerHour", "kBTU/h", 1e3 * Btu / 3600),
            ("tonOfRefrigeration", "TR", 12_000 * Btu / 3600)
        ),
        .. Of(
            "ForceUnit",
            ("newton", "N", 1),
            ("pound", "lbf", PoundForce),
            ("ounce", "ozf", PoundForce / 16),
            ("ton", "tonf", 2000 * PoundForce)
        ),
        .. Of(
            "FrequencyUnit",
            ("hertz", "Hz", 1),
            ("millihertz", "mHz", 1e-3),
            ("kilohertz", "kHz", 1e3),
            ("megahertz", "MHz", 1e6),
            ("gigahertz", "GHz", 1e9)
        ),
        .. Of("IlluminanceUnit", ("lux", "lx", 1), ("footcandle", "fc", 1 / (Foot * Foot))),
        .. Of("InductanceUnit", ("henry", "H", 1), ("millihenry", "mH", 1e-3), ("microhenry", "µH", 1e-6)),
        .. Of("IonizingRadiationDoseUnit", ("gray", "Gy", 1), ("milligray", "mGy", 1e-3), ("microgray", "µGy", 1e-6)),
        // Dose equivalent is not absorbed dose: it depends on the radiation, so the two do not convert.
        .. Of(
                "IonizingRadiationDoseUnit",
                ("sievert", "Sv", 1),
                ("millisievert", "mSv", 1e-3),
                ("microsievert", "µSv", 1e-6)
            )
            .Select(u => u with { Dimension = Sievert }),
        .. Of("IrradianceUnit", ("wattPerSquareMetre", "W/m²", 1)),
        .. Of("LuminanceUnit", ("candelaPerSquareMetre", "cd/m²", 1)),
        .. Of("LuminousFluxUnit", ("lumen", "lm", 1)),
        .. Of("LuminousIntensityUnit", ("candela", "cd", 1)),
        .. Of("MagneticFluxUnit", ("weber", "Wb", 1), ("maxwell", "Mx", 1e-8)),
        .. Of("MagneticInductionUnit", ("tesla", "T", 1), ("gauss", "G", 1e-4)),
        .. Of(
            "MassUnit",
            ("kilogram", "kg", 1),
            ("gram", "g", 1e-3),
            ("milligram", "mg", 1e-6),
            ("microgram", "µg", 1e-9),
            ("tonne", "t", 1e3),
            ("massPound", "lb", Pound),
            ("slug", "slug", Pound * 9.80665 / Foot)
        ),
        .. Of(
            "MassFlowRateUnit",
            ("kilogramPerSecond", "kg/s", 1),
            ("gramPerSecond", "g/s", 1e-3),
            ("kilogramPerHour", "kg/h", 1 / 3600d),
            ("gramPerHour", "g/h", 1e-3 / 3600),
            ("massPoundPerHour", "lb/h", Pound / 3600)
        ),
        .. Of(
            "PressureUnit",
            ("pascal", "Pa", 1),
            ("decapascal", "daPa", 10),
            ("hectopascal", "hPa", 100),
            ("kilopascal", "kPa", 1e3),
            ("bar", "bar", 1e5),
            ("millibar", "mbar", 100),
            ("millimetresOfMercury", "mmHg", 133.322387415),
            ("inchesOfMercury", "inHg", 3386.388640341),
            ("inchesOfWater", "inH₂O", 249.08891),
            ("poundPerSquareInch", "psi", PoundForce / 0.00064516)
        ),
        .. Of(
            "RadioactivityUnit",
            ("becquerel", "Bq", 1),
            ("kilobecquerel", "kBq", 1e3),
            ("megabecquerel", "MBq", 1e6),
            ("gigabecquerel", "GBq", 1e9)
        ),
        .. Of(
            "ReactiveEnergyUnit",
            ("voltAmpereReactiveHour", "varh", 1),
            ("kilovoltAmpereReactiveHour", "kvarh", 1e3),
            ("megavoltAmpereReactiveHour", "Mvarh", 1e6),
            ("gigavoltAmpereReactiveHour", "Gvarh", 1e9)
        ),
        .. Of(
            "ReactivePowerUnit",
            ("voltAmpereReactive", "var", 1),
            ("millivoltAmpereReactive", "mvar", 1e-3),
            ("kilovoltAmpereReactive", "kvar", 1e3),
            ("megavoltAmpereReactive", "Mvar", 1e6),
            ("gigavoltAmpereReactive", "Gvar", 1e9)
        ),
        .. Of(
            "ResistanceUnit",
            ("ohm", "Ω", 1),
            ("milliohm", "mΩ", 1e-3),
            ("kiloohm", "kΩ", 1e3),
            ("megaohm", "MΩ", 1e6)
        ),
        .. Of("SoundPressureUnit", ("decibel", "dB", 0.1), ("bel", "Bel", 1)),
        new("kelvin", "K", "TemperatureUnit", 1, 0, "TemperatureUnit"),
        new("degreeCelsius", "°C", "TemperatureUnit", 1, 273.15, "TemperatureUnit"),
        new("degreeFahrenheit", "°F", "TemperatureUnit", 5 / 9d, 459.67 * 5 / 9, "TemperatureUnit"),
        .. Of(
            "TimeUnit",
            ("second", "s", 1),
            ("millisecond", "ms", 1e-3),
            ("microsecond", "µs", 1e-6),
            ("nanosecond", "ns", 1e-9),
            ("minute", "min", 60),
            ("hour", "h", 3600),
            ("day", "d", 86_400),
            ("year", "a", Year)
        ),
        .. Of("TorqueUnit", ("newtonMetre", "N·m", 1)),
        .. Of(
            "VelocityUnit",
            ("metrePerSecond", "m/s", 1),
            ("centimetrePerSecond", "cm/s", 0.01),
            ("kilometrePerSecond", "km/s", 1e3),
            ("metrePerHour", "m/h", 1 / 3600d),
            ("kilometrePerHour", "km/h", 1 / 3.6),
            ("milePerHour", "mph", 0.44704),
            ("milePerSecond", "mi/s", 1609.344),
            ("knot", "kn", 1852 / 3600d)
        ),
        .. Of(
            "VoltageUnit",
            ("volt", "V", 1),
            ("microvolt", "µV", 1e-6),
            ("millivolt", "mV", 1e-3),
            ("kilovolt", "kV", 1e3),
            ("megavolt", "MV", 1e6)
        ),
        .. Of(
            "VolumeUnit",
            ("cubicMetre", "m³", 1),
            ("litre", "L", 1e-3),
            ("millilitre", "mL", 1e-6),
            ("cubicCentimetre", "cm³", 1e-6),
            ("cubicFoot", "ft³", Foot * Foot * Foot),
            ("cubicInch", "in³", 1.6387064e-5),
            ("gallon", "gal", Gallon),
            ("fluidOunce", "fl oz", Gallon / 128)
        ),
        .. Of(
            "VolumeFlowRateUnit",
            ("cubicMetrePerSecond", "m³/s", 1),
            ("cubicMetrePerMinute", "m³/min", 1 / 60d),
            ("cubicMetrePerHour", "m³/h", 1 / 3600d),
            ("litrePerSecond", "L/s", 1e-3),
            ("litrePerMinute", "L/min", 1e-3 / 60),
            ("litrePerHour", "L/h", 1e-3 / 3600),
            ("millilitrePerSecond", "mL/s", 1e-6),
            ("millilitrePerMinute", "mL/min", 1e-6 / 60),
            ("millilitrePerHour", "mL/h", 1e-6 / 3600),
            ("cubicFootPerMinute", "ft³/min", Foot * Foot * Foot / 60),
            ("gallonPerMinute", "gal/min", Gallon / 60),
            ("gallonPerHour", "gal/h", Gallon / 3600)
        ),
        .. Binary("DataSizeUnit", "", ""),
        .. Binary("DataRateUnit", "PerSecond", "/s"),
    ];

    private static IEnumerable<Unit> Of(string family, params (string Name, string Symbol, double Factor)[] units) =>
        units.Select(u => new Unit(u.Name, u.Symbol, family, u.Factor, 0, family));

    private static IEnumerable<Unit> Binary(string family, string nameEnd, string symbolEnd)
    {
        (string Name, string Symbol)[] prefixes =
        [
            ("", ""),
            ("kibi", "Ki"),
            ("mebi", "Mi"),
            ("gibi", "Gi"),
            ("tebi", "Ti"),
            ("exbi", "Ei"),
            ("zebi", "Zi"),
            ("yobi", "Yi"),
        ];
        foreach (var (name, symbol) in prefixes)
        {
            // DTDL has no pebi; the prefixes after tebi skip one power.
            var power = name switch
            {
                "" => 0,
                "kibi" => 1,
                "mebi" => 2,
                "gibi" => 3,
                "tebi" => 4,
                "exbi" => 6,
                "zebi" => 7,
                _ => 8,
            };
            var factor = Math.Pow(1024, power);
            yield return new Unit($"{name}bit{nameEnd}", $"{symbol}bit{symbolEnd}", family, factor, 0, family);
            yield return new Unit($"{name}byte{nameEnd}", $"{symbol}B{symbolEnd}", family, 8 * factor, 0, family);
        }
    }
}
