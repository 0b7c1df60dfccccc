// The one file that knows commander; its types know the arguments and options that a command declares.
export {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  InvalidArgumentError,
  type OptionValues,
} from '@commander-js/extra-typings'
