// Runs on every page, with or without a circuit.
import "mudblazor/MudBlazor.min.js";
import "./theme.js";
import "./title.js";
import "./times.js";
import "./values.js";
import "./copy.js";
import "./paste.js";
import "./popovers.js";
import "./pictures.js";
import { startBlazor } from "./circuit.js";

startBlazor();
